import { readSourceFile, readWholeFile, type ReadOptions } from "./sourceFile.js";
import type { TarEntry, TarFile } from "./tarEntry.js";
import { encodeHeader, END_OF_ARCHIVE, paddingLength } from "./tarHeader.js";

/** Files up to this size are read in one piece, several at once: opening costs more than reading. */
const SMALL_FILE = 256 * 1024;
const SMALL_FILES_AT_ONCE = 16;
/** A small file with its header, which is one block but for long names. */
const CHUNK_MEMORY = SMALL_FILE + 16 * 1024;

/** The bytes of the archive: they depend on the entries and the files' content alone. */
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

/** Reads the small files that come next before they are asked for. */
class SmallFiles {
  readonly #entries: readonly TarEntry[];
  readonly #started = new Map<number, Promise<Buffer>>();
  readonly #ownChunks: boolean;
  /** Memory of chunks that were used up: with 10,000 files the collector would come too late. */
  readonly #spare: ArrayBufferLike[] = [];
  #next = 0;

  constructor(entries: readonly TarEntry[], ownChunks: boolean) {
    this.#entries = entries;
    this.#ownChunks = ownChunks;
  }

  /** The entry's header, content and padding, if it is a small file. */
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
        // A large file ends the look-ahead, so that no more is held in memory than named above.
        if (entry.size > SMALL_FILE && this.#started.size > 0) return;
        if (entry.size <= SMALL_FILE) this.#start(this.#next, entry);
      }
      this.#next++;
    }
  }

  #start(index: number, entry: TarFile): void {
    const chunk = this.#read(entry);
    // Awaited when its turn comes; until then a failure is not unhandled.
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
