import type { Descriptor } from "../oci/descriptor.js";
import type { Digest } from "../oci/digest.js";
import type { Pushable, PushableBlob, PushableManifest } from "./pushable.js";
import type { Graph, GraphManifest } from "./readGraph.js";

/** A graph as something to publish; `blobFor` says where the bytes of a blob are. */
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

/**
 * Layers that may not be redistributed, such as those of old Windows images: a client fetches them from
 * the `urls` of their descriptors (image-spec, layer.md, "Non-Distributable Layers"). Like ORAS and
 * crane, they are left where they are.
 */
function isForeign(mediaType: string): boolean {
  return /\.(?:nondistributable|foreign)\./.test(mediaType);
}
