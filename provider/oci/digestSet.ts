/** Initial number of slots; doubled when half of them are used. */
const FIRST_CAPACITY = 1_024;

/**
 * A set of digests that keeps only 64 bits of each in a typed array: 16 to 32 bytes per entry, instead of
 * more than a hundred for a string in a `Set`. It may wrongly claim to contain a digest: with a million
 * entries, the chance is one in thirty million, unless somebody searches for such a digest. Where a wrong
 * "yes" could do harm, use a `Set`.
 */
export class DigestSet {
  #words = new Uint32Array(FIRST_CAPACITY * 2);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(digest: string): boolean {
    const [high, low] = wordsOf(digest);
    return this.#words[this.#slot(high, low) * 2] !== 0;
  }

  /** Returns `false` if the digest was in the set already. */
  add(digest: string): boolean {
    const [high, low] = wordsOf(digest);
    const slot = this.#slot(high, low);
    if (this.#words[slot * 2] !== 0) return false;
    this.#words[slot * 2] = high;
    this.#words[slot * 2 + 1] = low;
    this.#size += 1;
    if (this.#size * 4 > this.#words.length) this.#grow();
    return true;
  }

  /** The slot of an entry, or the free one where it belongs (linear probing). */
  #slot(high: number, low: number): number {
    const mask = this.#words.length / 2 - 1;
    let slot = low & mask;
    while (this.#words[slot * 2] !== 0) {
      if (this.#words[slot * 2] === high && this.#words[slot * 2 + 1] === low) return slot;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #grow(): void {
    const old = this.#words;
    this.#words = new Uint32Array(old.length * 2);
    for (let at = 0; at < old.length; at += 2) {
      const [high = 0, low = 0] = [old[at], old[at + 1]];
      if (high === 0) continue;
      const slot = this.#slot(high, low);
      this.#words[slot * 2] = high;
      this.#words[slot * 2 + 1] = low;
    }
  }
}

/** The first 64 bits of a digest, which are evenly distributed. 0 marks a free slot. */
function wordsOf(digest: string): readonly [high: number, low: number] {
  const hex = digest.slice(digest.indexOf(":") + 1);
  return [parseInt(hex.slice(0, 8), 16) || 1, parseInt(hex.slice(8, 16), 16)];
}
