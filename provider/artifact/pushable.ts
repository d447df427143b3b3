import type { Blob } from "../oci/blob.js";
import type { Digest } from "../oci/digest.js";
import type { EncodedManifest } from "../oci/manifest.js";
import type { RepositoryName } from "../oci/reference.js";

/** Content of a blob, and what is known of the way that it takes. */
export interface PushableBlob extends Blob {
  /** A repository of the same registry that has it: then none of its bytes need be sent. */
  readonly mountFrom?: RepositoryName;
  /** It is read from another registry, so this one is asked for it first, however small it is. */
  readonly remote?: boolean;
  /** Sent only where the registry insists on it. */
  readonly optional?: boolean;
}

/** A manifest and the blobs that it names. */
export interface PushableManifest {
  readonly manifest: EncodedManifest;
  readonly blobs: readonly PushableBlob[];
  /** Manifests that are to be there before it: an index's children, a referrer's subject. */
  readonly needs?: readonly Digest[];
  /** What it is, where it says so. */
  readonly artifactType?: string;
  /** Of a referrer: the one among them that it is about. */
  readonly subject?: Digest;
}

/** What is published: the manifest that the tags are going to name, and what belongs to it. */
export interface Pushable extends PushableManifest {
  /** Manifests that are published with it: children of an index, and referrers. */
  readonly included?: readonly PushableManifest[];
}

/**
 * The same manifests in steps: whatever one of them needs is in an earlier step. Digests make circles
 * impossible: a manifest cannot name what its own digest depends on.
 */
export function inSteps<M extends PushableManifest>(manifests: readonly M[]): readonly M[][] {
  const byDigest = new Map(manifests.map((one) => [one.manifest.descriptor.digest, one]));
  const known = new Map<Digest, number>();
  const stepOf = (digest: Digest): number => {
    const found = known.get(digest);
    if (found !== undefined) return found;
    const needed = byDigest.get(digest)?.needs?.filter((need) => byDigest.has(need)) ?? [];
    const step = needed.reduce((latest, need) => Math.max(latest, stepOf(need) + 1), 0);
    known.set(digest, step);
    return step;
  };
  const steps: M[][] = [];
  for (const [digest, one] of byDigest) (steps[stepOf(digest)] ??= []).push(one);
  return steps;
}
