const KIB = 1024;

/**
 * Blobs up to this size are sent as one body; larger ones in chunks of this size once a larger body was
 * refused. All Azure SDKs use this chunk size. ACR has been seen to refuse 20 MB (goharbor/harbor#23015).
 */
export const SMALL_BLOB = 4 * 1024 * KIB;
/** A server that does not even accept this size is not meant for uploads. */
const SMALLEST_BODY = 64 * KIB;

/**
 * The largest request body that a registry, or a proxy in front of it, accepts, as far as its answers
 * have shown. All uploads of a client share it, because such limits do not change from one upload to the
 * next.
 */
export class BodyLimit {
  #most = Number.POSITIVE_INFINITY;

  get most(): number {
    return this.#most;
  }

  /**
   * Records that a body of `bytes` was refused for its size (413). Returns whether smaller bodies, of at
   * least `atLeast` bytes, may succeed. They cannot if the same upload had a body of this size accepted
   * before (`accepted`): then the blob as a whole is too large. Other uploads do not count, as they may
   * have taken another route.
   */
  lowerAfterRefusal(
    bytes: number,
    { atLeast, accepted }: { readonly atLeast: number; readonly accepted: number },
  ): boolean {
    // Another upload has lowered the limit since this body was sent.
    if (bytes > this.#most && this.#most >= atLeast) return true;
    // Reaches nginx's default limit, 1 MiB, in two steps, and the minimum in four.
    const less = bytes > SMALL_BLOB ? SMALL_BLOB : Math.floor(bytes / 4);
    const next = Math.max(less, SMALLEST_BODY, atLeast);
    if (bytes <= accepted) return false;
    // Not even the smallest body: the reason is another one (some registries answer 413 when a quota is
    // exhausted), so nothing has been learned.
    if (bytes <= SMALLEST_BODY) this.#most = Number.POSITIVE_INFINITY;
    if (next >= bytes) return false;
    this.#most = Math.min(this.#most, next);
    return true;
  }
}
