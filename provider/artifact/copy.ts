import { OCI_INDEX } from "../oci/mediaTypes.js";
import type { Descriptor } from "../oci/descriptor.js";
import type { Digest } from "../oci/digest.js";
import type { OperationOptions, Repository } from "../registry/repository.js";
import { graphContent } from "./graphContent.js";
import type { Pushable, PushableBlob } from "./pushable.js";
import { type GraphSource, readGraph } from "./readGraph.js";

/** What is copied, and from where. */
export interface CopySource {
  readonly repository: Repository;
  /** `<login server>/<repository>`, for messages. */
  readonly base: string;
  /** The target is in the same registry, so that blobs can be mounted. */
  readonly sameRegistry: boolean;
  readonly digest: Digest;
  /** Whether what has it as its subject comes along, and what has that as its subject, and so on. */
  readonly referrers: boolean;
}

/**
 * Reads all manifests of the content to copy, byte for byte. Blobs are not read before they are sent:
 * then they are mounted, or pass through this process, checked, without ever being whole in it.
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

/** The upload session is the unit of retry: for another one the blob is fetched anew. */
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
