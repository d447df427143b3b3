import { readSourceFile, readWholeFile, type ReadOptions } from "./sourceFile.js";
import type { TarEntry, TarFile } from "./tarEntry.js";
import { encodeHeader, END_OF_ARCHIVE, paddingLength } from "./tarHeader.js";

/**
 * Files up to this size are read as a whole, several at a time, because opening takes longer than
 * reading.
 */
const SMALL_FILE = 256 * 1024;
const SMALL_FILES_AT_ONCE = 16;
/** A small file with its header, which is one block unless the name is long. */
const CHUNK_MEMORY = SMALL_FILE + 16 * 1024;

/** The bytes of an archive. They depend only on the entries and the content of the files. */
export async function* tarChunks(
  entries: readonly TarEntry[],
  options?: ReadOptions,
): AsyncGenerator<Buffer, void, void> {
  const small = new SmallFiles(entries, options?.ownChunks ?? false);
  try {
    for (const [index, entry] of entries.entries()) {
      options?.signal?.throwIfAborted();
      const chunk = await small.take(index);
      if (chunk !== undefined) {
        yield chunk;
        small.giveBack(chunk);
      } else if (entry.type === "directory") yield encodeHeader(entry);
      else yield* largeFile(entry, options);
    }
    yield END_OF_ARCHIVE;
  } finally {
    await small.settle();
  }
}

async function* largeFile(entry: TarFile, options?: ReadOptions): AsyncGenerator<Buffer> {
  yield encodeHeader(entry);
  yield* readSourceFile(entry.source, options);
  const padding = paddingLength(entry.size);
  if (padding > 0) yield Buffer.alloc(padding);
}

/** Reads the next small files ahead. */
class SmallFiles {
  readonly #entries: readonly TarEntry[];
  readonly #started = new Map<number, Promise<Buffer>>();
  readonly #ownChunks: boolean;
  /** Memory of used chunks, to be reused: with 10,000 files, the garbage collector would be too late. */
  readonly #spare: ArrayBufferLike[] = [];
  #next = 0;

  constructor(entries: readonly TarEntry[], ownChunks: boolean) {
    this.#entries = entries;
    this.#ownChunks = ownChunks;
  }

  /** Header, content and padding of an entry, if it is a small file. */
  take(index: number): Promise<Buffer> | undefined {
    this.#fill();
    const chunk = this.#started.get(index);
    this.#started.delete(index);
    return chunk;
  }

  giveBack(chunk: Buffer): void {
    if (!this.#ownChunks && chunk.buffer.byteLength === CHUNK_MEMORY)
      this.#spare.push(chunk.buffer);
  }

  async settle(): Promise<void> {
    await Promise.allSettled(this.#started.values());
  }

  #fill(): void {
    while (this.#next < this.#entries.length && this.#started.size < SMALL_FILES_AT_ONCE) {
      const entry = this.#entries[this.#next];
      if (entry?.type === "file") {
        // A large file stops the reading ahead, which limits the memory.
        if (entry.size > SMALL_FILE && this.#started.size > 0) return;
        if (entry.size <= SMALL_FILE) this.#start(this.#next, entry);
      }
      this.#next++;
    }
  }

  #start(index: number, entry: TarFile): void {
    const chunk = this.#read(entry);
    // Awaited in its turn; until then, a failure must not count as unhandled.
    chunk.catch(() => undefined);
    this.#started.set(index, chunk);
  }

  async #read(entry: TarFile): Promise<Buffer> {
    const header = encodeHeader(entry);
    const end = header.length + entry.size;
    const chunk = this.#memory(end + paddingLength(entry.size));
    header.copy(chunk);
    await readWholeFile(entry.source, chunk.subarray(header.length, end));
    return chunk.fill(0, end);
  }

  #memory(length: number): Buffer {
    if (this.#ownChunks || length > CHUNK_MEMORY) return Buffer.allocUnsafeSlow(length);
    const memory = this.#spare.pop() ?? Buffer.allocUnsafeSlow(CHUNK_MEMORY).buffer;
    return Buffer.from(memory, 0, length);
  }
}
