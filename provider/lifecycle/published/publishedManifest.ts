import type { Pushable } from "../../artifact/pushable.js";
import { RegistryError } from "../../errors.js";
import type { Repository } from "../../registry/repository.js";
import type { Operation } from "../operation.js";
import type { ArtifactInputs } from "./inputs.js";

/** The manifest as it is published, to put tags on it. */
export async function publishedManifest(
  repository: Repository,
  { digest, reference }: ArtifactInputs,
  operation: Operation,
): Promise<Pushable> {
  const manifest = await repository.manifests.fetch(digest, operation);
  if (manifest === undefined) throw goneMeanwhile(reference);
  return { manifest, blobs: [] };
}

function goneMeanwhile(reference: string): RegistryError {
  return new RegistryError(
    "NOT_FOUND",
    `${reference} no longer exists: nothing was changed. Run \`pulumi up --refresh\` to publish it again`,
    { method: "GET", url: reference },
  );
}
