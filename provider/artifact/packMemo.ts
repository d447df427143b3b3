import type { Digest } from "../oci/digest.js";
import type { Spool } from "./packSpool.js";

/** The result of compressing some content. */
export interface Compressed {
  readonly digest: Digest;
  readonly size: number;
  readonly spool?: Spool | undefined;
}

/**
 * Identifies content before compression and how it is compressed, which together determine the bytes.
 */
export interface CompressedKey {
  readonly tarDigest: Digest;
  readonly compressor: string;
}

/** More than enough for the artifacts of a stack; each spool holds a file descriptor. */
const MOST_ENTRIES = 256;
const MOST_SPOOLS = 32;

/**
 * Remembers what this process compressed, because `check` runs more than once per artifact, and `create`
 * after it. The oldest entries are dropped first.
 */
export class PackMemo {
  readonly #compressed = new Map<string, Compressed>();

  get size(): number {
    return this.#compressed.size;
  }

  find(key: CompressedKey): Compressed | undefined {
    return this.#compressed.get(nameOf(key));
  }

  async remember(key: CompressedKey, compressed: Compressed): Promise<void> {
    const name = nameOf(key);
    const before = this.#compressed.get(name);
    this.#compressed.delete(name);
    this.#compressed.set(name, compressed);
    if (before?.spool !== compressed.spool) await before?.spool?.discard();
    await this.#forgetOldest();
  }

  async clear(): Promise<void> {
    const forgotten = [...this.#compressed.values()];
    this.#compressed.clear();
    for (const { spool } of forgotten) await spool?.discard();
  }

  async #forgetOldest(): Promise<void> {
    let spools = 0;
    for (const [index, [name, { spool }]] of [...this.#compressed].reverse().entries()) {
      if (spool?.isUsable()) spools++;
      if (spools > MOST_SPOOLS) await spool?.discard();
      if (index >= MOST_ENTRIES) this.#compressed.delete(name);
    }
  }
}

function nameOf({ tarDigest, compressor }: CompressedKey): string {
  return `${tarDigest} ${compressor}`;
}

/** Shared by all packing in this process. */
export const packMemo = new PackMemo();
