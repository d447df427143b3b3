import type { Digest } from "../oci/digest.js";
import type { Spool } from "./packSpool.js";

/** What compressing some content gave. */
export interface Compressed {
  readonly digest: Digest;
  readonly size: number;
  readonly spool?: Spool | undefined;
}

/** Names content before compression and how it is compressed: together they decide the bytes. */
export interface CompressedKey {
  readonly tarDigest: Digest;
  readonly compressor: string;
}

/** Many more than the artifacts of a stack; a spool holds a file descriptor. */
const MOST_ENTRIES = 256;
const MOST_SPOOLS = 32;

/**
 * Remembers what was compressed in this process: `check` runs more than once for an artifact, and
 * `create` after it. The oldest are forgotten first.
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

/** Shared by all that is packed in this process. */
export const packMemo = new PackMemo();
