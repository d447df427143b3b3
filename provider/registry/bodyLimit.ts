const KIB = 1024;

/**
 * Up to here a blob is sent as one body, and this much at a time after something larger was refused:
 * it is what all Azure SDKs send. ACR has been seen to refuse 20 MB (goharbor/harbor#23015).
 */
export const SMALL_BLOB = 4 * 1024 * KIB;
/** A server that takes less than this at a time is not meant to be pushed to. */
const SMALLEST_BODY = 64 * KIB;

/**
 * How much a registry, or a proxy in front of it, takes as one body, as learned from what became of the
 * bodies so far. It holds for all that a client sends there: whoever sets such a limit does not change it
 * from one upload to the next.
 */
export class BodyLimit {
  #most = Number.POSITIVE_INFINITY;

  get most(): number {
    return this.#most;
  }

  /**
   * A body of so many bytes was refused for its size (413). `false` if less at a time, but not less
   * than `atLeast`, does not help: as much was `taken` before of the same upload, so that it is the
   * whole that is too large. What was taken of another one may have had another way.
   */
  refused(
    bytes: number,
    { atLeast, taken }: { readonly atLeast: number; readonly taken: number },
  ): boolean {
    // Another upload has learned it while this body was on its way.
    if (bytes > this.#most && this.#most >= atLeast) return true;
    // Two steps to nginx's default, 1 MiB, and four to the end.
    const less = bytes > SMALL_BLOB ? SMALL_BLOB : Math.floor(bytes / 4);
    const next = Math.max(less, SMALLEST_BODY, atLeast);
    if (bytes <= taken || next >= bytes) return false;
    this.#most = Math.min(this.#most, next);
    return true;
  }
}
