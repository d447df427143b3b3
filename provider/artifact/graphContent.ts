import type { Descriptor } from "../oci/descriptor.js";
import type { Digest } from "../oci/digest.js";
import { isForeign } from "./foreignLayer.js";
import type { Pushable, PushableBlob, PushableManifest } from "./pushable.js";
import type { Graph, GraphManifest } from "./readGraph.js";

/** Turns a graph into something to publish; `blobFor` provides the bytes of a blob. */
export function graphContent(
  { root, others }: Graph,
  blobFor: (descriptor: Descriptor) => PushableBlob,
): Pushable {
  const members = new Set<Digest>(
    [root, ...others].map(({ manifest }) => manifest.descriptor.digest),
  );
  const content = (one: GraphManifest): PushableManifest => {
    const { artifactType, subject } = one.parsed;
    const own = subject !== undefined && members.has(subject.digest) ? subject.digest : undefined;
    return {
      manifest: one.manifest,
      blobs: one.blobs.map((blob) => ({ ...blobFor(blob), optional: isForeign(blob.mediaType) })),
      needs: own === undefined ? one.children : [...one.children, own],
      ...(own === undefined ? {} : { subject: own }),
      ...(artifactType === undefined ? {} : { artifactType }),
    };
  };
  return { ...content(root), included: others.map(content) };
}
