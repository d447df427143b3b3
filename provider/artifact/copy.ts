import { OCI_INDEX } from "../oci/mediaTypes.js";
import type { Descriptor } from "../oci/descriptor.js";
import type { Digest } from "../oci/digest.js";
import type { OperationOptions, Repository } from "../registry/repository.js";
import { graphContent } from "./graphContent.js";
import type { Pushable, PushableBlob } from "./pushable.js";
import { type GraphSource, readGraph } from "./readGraph.js";

/** What to copy, and from where. */
export interface CopySource {
  readonly repository: Repository;
  /** `<login server>/<repository>`, for messages. */
  readonly base: string;
  /** Whether the target is in the same registry, so that blobs can be mounted. */
  readonly sameRegistry: boolean;
  readonly digest: Digest;
  /** Whether to copy its referrers, and their referrers, and so on. */
  readonly referrers: boolean;
}

/**
 * Reads all manifests of the content to copy, byte for byte. Blobs are only read when they are sent: they
 * are mounted, or streamed through this process and verified.
 */
export async function readCopy(source: CopySource, options: OperationOptions): Promise<Pushable> {
  const graph = await readGraph(graphSource(source), { digest: source.digest }, options);
  return graphContent(graph, (descriptor) => remoteBlob(source, descriptor));
}

function graphSource({ repository, base, referrers }: CopySource): GraphSource {
  return {
    nameOf: (digest) => `${base}@${digest}`,
    fetch: ({ digest, mediaType = OCI_INDEX }, options) =>
      repository.manifests.fetch(digest, { ...options, accept: [mediaType] }),
    ...(referrers
      ? { referrers: (digest, options) => repository.referrers.list(digest, options) }
      : {}),
  };
}

/** A blob that is read from the source registry. Each attempt to upload it fetches it again. */
function remoteBlob(
  { repository, sameRegistry }: CopySource,
  descriptor: Descriptor,
): PushableBlob {
  return {
    descriptor,
    remote: true,
    ...(sameRegistry ? { mountFrom: repository.name } : {}),
    open: (options) => repository.blobs.fetch(descriptor, options),
  };
}
