import { InputError } from "../../errors.js";
import { isDigest } from "../../oci/digest.js";
import { parseManifest } from "../../oci/manifest.js";
import { parseReference } from "../../oci/reference.js";
import type { Host } from "../host.js";
import type { PropertyBag, ReadResult } from "../lifecycle.js";
import type { Operation } from "../operation.js";
import { notFound, registryOfId } from "../getById.js";
import type { LayerDescriptor } from "./inputs.js";
import { asBag, type ArtifactState } from "./state.js";

/** An artifact that somebody else publishes, by its id; it must exist. */
export async function getArtifact(
  host: Host,
  id: string,
  given: PropertyBag,
  operation: Operation,
): Promise<ReadResult> {
  const parsed = parseReference(id);
  if (parsed === undefined || !isDigest(parsed.reference)) {
    throw new InputError(
      "id",
      `${JSON.stringify(id)} is not the id of an OciArtifact: expected "<login server>/<repository>@<digest>"`,
    );
  }
  const { repository: name, reference: digest } = parsed;
  const registry = registryOfId(host, parsed.loginServer, given);
  const repository = host.registry({ registry }).repository(name);
  const found = await repository.manifests.fetch(digest, operation);
  if (found === undefined) throw notFound("OciArtifact", id);
  const manifest = parseManifest(found.bytes, found.descriptor.mediaType);
  const state = {
    repository: name,
    registry,
    artifactType: manifest.artifactType,
    annotations: manifest.annotations,
    subject: manifest.subject,
    digest,
    size: found.descriptor.size,
    mediaType: found.descriptor.mediaType,
    configDescriptor: manifest.config,
    layerDescriptors: manifest.layers.map(layerDescriptor),
    reference: id,
    tagDigests: {},
    drift: [],
    __declared: { tags: [] },
  } as unknown as ArtifactState;
  return { id, outs: asBag(state), inputs: asBag(state) };
}

const TITLE = "org.opencontainers.image.title";

function layerDescriptor(
  layer: LayerDescriptor & { annotations?: Record<string, string> },
): object {
  const { mediaType, digest, size, annotations } = layer;
  return { title: annotations?.[TITLE], mediaType, size, digest };
}
