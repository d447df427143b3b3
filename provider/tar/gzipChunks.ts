import { crc32 } from "node:zlib";
import { DEFLATE_END, deflateBlock } from "./deflateBlock.js";
import { deflatePool, type DeflatePool } from "./deflatePool.js";

export interface GzipOptions {
  readonly signal?: AbortSignal | undefined;
  /** The threads to use; by default, the process's shared pool. The bytes do not depend on it. */
  readonly pool?: DeflatePool;
}

/** Deflate, no name, no time, "unknown" operating system, as Go writes it (RFC 1952, section 2.3.1). */
const HEADER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff);

/**
 * Compresses to one gzip member. Its bytes depend only on the content: not on how it is divided into
 * chunks, the number of threads, the version of Node or the platform.
 */
export async function* gzipChunks(
  source: AsyncIterable<Uint8Array>,
  options?: GzipOptions,
): AsyncGenerator<Uint8Array, void, void> {
  const pool = options?.pool ?? deflatePool;
  const content = new Blocks(source, pool);
  yield HEADER;
  for await (const deflated of inOrder(content, pool)) {
    options?.signal?.throwIfAborted();
    yield deflated;
  }
  yield DEFLATE_END;
  yield content.trailer();
}

interface FilledBlock {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly length: number;
}

/** Compresses several blocks at the same time and yields them in order. */
async function* inOrder(blocks: Blocks, pool: DeflatePool): AsyncGenerator<Uint8Array> {
  const inFlight: Promise<Uint8Array>[] = [];
  let held: FilledBlock | undefined;
  let alone = true;
  try {
    for await (const block of blocks.read()) {
      if (held !== undefined) {
        alone = false;
        inFlight.push(start(pool, held));
      }
      held = block;
      const first = inFlight.length > pool.threads ? inFlight.shift() : undefined;
      if (first !== undefined) yield await first;
    }
    // A single block takes less time than starting a thread.
    if (held !== undefined && alone) yield deflateBlock(held.bytes.subarray(0, held.length));
    else if (held !== undefined) inFlight.push(start(pool, held));
    for (let next = inFlight.shift(); next !== undefined; next = inFlight.shift()) yield await next;
  } finally {
    await Promise.allSettled(inFlight);
  }
}

function start(pool: DeflatePool, block: FilledBlock): Promise<Uint8Array> {
  const deflated = pool.deflate(block.bytes, block.length);
  // Awaited in its turn; until then, a failure must not count as unhandled.
  deflated.catch(() => undefined);
  return deflated;
}

/** Divides content into blocks, and computes its size and checksum. */
class Blocks {
  readonly #source: AsyncIterable<Uint8Array>;
  readonly #pool: DeflatePool;
  #checksum = 0;
  #size = 0;

  constructor(source: AsyncIterable<Uint8Array>, pool: DeflatePool) {
    this.#source = source;
    this.#pool = pool;
  }

  async *read(): AsyncGenerator<FilledBlock> {
    let bytes = this.#pool.block();
    let length = 0;
    for await (const chunk of this.#source) {
      this.#checksum = crc32(chunk, this.#checksum);
      this.#size += chunk.length;
      for (let from = 0; from < chunk.length;) {
        const part = chunk.subarray(from, from + bytes.length - length);
        bytes.set(part, length);
        length += part.length;
        from += part.length;
        if (length < bytes.length) continue;
        yield { bytes, length };
        bytes = this.#pool.block();
        length = 0;
      }
    }
    if (length > 0) yield { bytes, length };
  }

  /** The end of a gzip member (RFC 1952, section 2.3.1): CRC32, and the size modulo 2³². */
  trailer(): Uint8Array {
    const trailer = new Uint8Array(8);
    const view = new DataView(trailer.buffer);
    view.setUint32(0, this.#checksum, true);
    view.setUint32(4, this.#size % 2 ** 32, true);
    return trailer;
  }
}
