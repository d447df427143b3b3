import type { Blob } from "../oci/blob.js";
import type { Digest } from "../oci/digest.js";
import type { EncodedManifest } from "../oci/manifest.js";
import type { RepositoryName } from "../oci/reference.js";

/** A blob to push, and how it is best transferred. */
export interface PushableBlob extends Blob {
  /** A repository of the same registry that has the blob, so that it can be mounted instead of sent. */
  readonly mountFrom?: RepositoryName;
  /** The blob is read from another registry, so always ask first whether it exists, however small it is. */
  readonly remote?: boolean;
  /** Only sent if the registry insists on it. */
  readonly optional?: boolean;
}

/** A manifest and the blobs that it names. */
export interface PushableManifest {
  readonly manifest: EncodedManifest;
  readonly blobs: readonly PushableBlob[];
  /** Manifests that must exist before it: an index's children, a referrer's subject. */
  readonly needs?: readonly Digest[];
  /** Its artifact type, if it has one. */
  readonly artifactType?: string;
  /** For a referrer: which of the manifests in `needs` is its subject. */
  readonly subject?: Digest;
}

/** An artifact to publish: the manifest for the tags, and the manifests that belong to it. */
export interface Pushable extends PushableManifest {
  /** Manifests that are published with it: children of an index, and referrers. */
  readonly included?: readonly PushableManifest[];
}

/**
 * Groups the manifests into steps, so that everything a manifest needs is in an earlier step. There are
 * no cycles, since no manifest can contain a digest that depends on its own.
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
