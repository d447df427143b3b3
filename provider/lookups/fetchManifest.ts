import { parseManifest, type ParsedManifest } from "../oci/manifest.js";
import type { ManifestReference } from "../oci/reference.js";
import type { FetchedManifest } from "../registry/repository.js";
import { parseServed } from "../registry/parseServed.js";
import { doesNotExist, type Place, type Target } from "./target.js";

export interface FoundManifest {
  readonly fetched: FetchedManifest;
  readonly manifest: ParsedManifest;
}

/** Fetches and parses a manifest. `undefined` if the registry says that it does not exist. */
export async function fetchManifest(
  { repository, nameOf }: Place,
  reference: ManifestReference,
): Promise<FoundManifest | undefined> {
  const fetched = await repository.manifests.fetch(reference);
  if (fetched === undefined) return undefined;
  const manifest = parseServed(`read the manifest ${nameOf(reference)}`, () =>
    parseManifest(fetched.bytes, fetched.descriptor.mediaType),
  );
  return { fetched, manifest };
}

export async function requireManifest(target: Target): Promise<FoundManifest> {
  const found = await fetchManifest(target, target.reference);
  if (found === undefined) throw doesNotExist(target.nameOf(target.reference));
  return found;
}
