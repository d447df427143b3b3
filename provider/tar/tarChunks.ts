import { readSourceFile, readWholeFile, type ReadOptions } from "./sourceFile.js";
import type { TarEntry, TarFile } from "./tarEntry.js";
import { encodeHeader, END_OF_ARCHIVE, paddingLength } from "./tarHeader.js";

/** Files up to this size are read in one piece, several at once: opening costs more than reading. */
const SMALL_FILE = 256 * 1024;
const SMALL_FILES_AT_ONCE = 16;

/** The bytes of the archive: they depend on the entries and the files' content alone. */
export async function* tarChunks(
  entries: readonly TarEntry[],
  options?: ReadOptions,
): AsyncGenerator<Buffer, void, void> {
  const small = new SmallFiles(entries);
  try {
    for (const [index, entry] of entries.entries()) {
      options?.signal?.throwIfAborted();
      const chunk = small.take(index);
      if (chunk !== undefined) yield await chunk;
      else if (entry.type === "directory") yield encodeHeader(entry);
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
  #next = 0;

  constructor(entries: readonly TarEntry[]) {
    this.#entries = entries;
  }

  /** The entry's header, content and padding, if it is a small file. */
  take(index: number): Promise<Buffer> | undefined {
    this.#fill();
    const chunk = this.#started.get(index);
    this.#started.delete(index);
    return chunk;
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
    const chunk = smallFile(entry);
    // Awaited when its turn comes; until then a failure is not unhandled.
    chunk.catch(() => undefined);
    this.#started.set(index, chunk);
  }
}

async function smallFile(entry: TarFile): Promise<Buffer> {
  const header = encodeHeader(entry);
  const chunk = Buffer.allocUnsafe(header.length + entry.size + paddingLength(entry.size));
  header.copy(chunk);
  await readWholeFile(entry.source, chunk.subarray(header.length, header.length + entry.size));
  chunk.fill(0, header.length + entry.size);
  return chunk;
}
