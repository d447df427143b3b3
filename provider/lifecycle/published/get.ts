import { InputError } from "../../errors.js";
import { isDigest } from "../../oci/digest.js";
import { parseManifest } from "../../oci/manifest.js";
import { parseReference } from "../../oci/reference.js";
import type { Host } from "../host.js";
import type { PropertyBag, ReadResult } from "../lifecycle.js";
import type { Operation } from "../operation.js";
import { notAnId, notFound, registryToGetFrom } from "../getById.js";
import type { ContentKind } from "./contentKind.js";
import { asBag, type ArtifactState } from "./state.js";

/** Reads content that somebody else publishes, by its id. It must exist and be of this kind. */
export async function getArtifact(
  content: ContentKind,
  host: Host,
  id: string,
  given: PropertyBag,
  operation: Operation,
): Promise<ReadResult> {
  const parsed = parseReference(id);
  if (parsed === undefined || !isDigest(parsed.reference)) {
    const form = "<login server>/<repository>@<digest>";
    throw notAnId(content.name, id, form, parsed === undefined ? "" : digestOfTag(id));
  }
  const { repository: name, reference: digest } = parsed;
  const registry = registryToGetFrom(host, parsed.loginServer, given);
  const repository = host.registry({ registry }).repository(name);
  const found = await repository.manifests.fetch(digest, operation);
  if (found === undefined) throw notFound(content.name, id);
  const manifest = parseManifest(found.bytes, found.descriptor.mediaType);
  const own = content.describe(manifest);
  if (own === undefined) throw otherKind(content.name, id, manifest.mediaType);
  const state = {
    ...own,
    repository: name,
    registry,
    artifactType: manifest.artifactType,
    annotations: manifest.annotations,
    subject: manifest.subject,
    digest,
    size: found.descriptor.size,
    mediaType: found.descriptor.mediaType,
    reference: id,
    tagDigests: {},
    drift: [],
    __declared: { tags: [] },
  } as unknown as ArtifactState;
  return { id, outs: asBag(state), inputs: asBag(state) };
}

function digestOfTag(reference: string): string {
  return `. What a tag names may change: the look-up getArtifactOutput({ reference: ${JSON.stringify(reference)} }) tells its digest`;
}

function otherKind(name: string, id: string, mediaType: string): InputError {
  return new InputError("id", `${name}.get: ${id} is a manifest of another kind: ${mediaType}`);
}
