import { Readable } from "node:stream";
import type { Blob } from "../oci/blob.js";
import { ContentCheck } from "../oci/verifiedStream.js";

/**
 * Reads a blob for an upload, checking the bytes as they pass. Slices that follow one another come
 * from one stream, so that a blob in chunks is read and hashed once; a slice that is asked for again
 * (the transport repeats a request) opens the blob anew and skips what is before it.
 *
 * The last bytes are handed out only after the whole was checked: the registry never gets a complete
 * body with other bytes than the descriptor's.
 */
export class BlobReader {
  readonly #blob: Blob;
  readonly #subject: string;
  readonly #signal: AbortSignal | undefined;
  #cursor: Cursor | undefined;
  #failure: Error | undefined;

  constructor(blob: Blob, subject: string, signal: AbortSignal | undefined) {
    this.#blob = blob;
    this.#subject = subject;
    this.#signal = signal;
  }

  /** What went wrong with the blob itself, if anything: never a reason to try again. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Bytes from `start` up to, not including, `end`. */
  slice(start: number, end: number): Readable {
    return Readable.from(this.#bytes(start, end), { objectMode: false, highWaterMark: 1 << 20 });
  }

  /** The whole in memory. */
  async bytes(): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    for await (const part of this.#bytes(0, this.#blob.descriptor.size)) parts.push(part);
    return Buffer.concat(parts);
  }

  close(): void {
    this.#cursor?.close();
    this.#cursor = undefined;
  }

  async *#bytes(start: number, end: number): AsyncGenerator<Buffer, void, undefined> {
    const cursor = await this.#cursorAt(start);
    try {
      while (cursor.position < end) {
        const piece = await cursor.read(end - cursor.position);
        if (cursor.position === this.#blob.descriptor.size) await cursor.finish();
        yield piece;
      }
      if (end === this.#blob.descriptor.size) await cursor.finish();
    } catch (error) {
      if (!cursor.closed) this.#failure = error as Error;
      throw error;
    }
  }

  async #cursorAt(start: number): Promise<Cursor> {
    if (this.#cursor?.position === start) return this.#cursor;
    this.close();
    const source = await this.#open();
    const cursor = new Cursor(source, new ContentCheck(this.#blob.descriptor, this.#subject));
    this.#cursor = cursor;
    while (cursor.position < start) await cursor.read(start - cursor.position);
    return cursor;
  }

  async #open(): Promise<Readable> {
    try {
      const opened = this.#blob.open({ signal: this.#signal });
      // Listened to at once: a stream that failed already would tell it before an `await` is over.
      return opened instanceof Readable ? heard(opened) : heard(await opened);
    } catch (error) {
      this.#failure = error as Error;
      throw error;
    }
  }
}

/** Who iterates the stream gets its error; without a listener it would also end the process. */
function heard(stream: Readable): Readable {
  return stream.on("error", () => undefined);
}

/** A place in one opened stream. */
class Cursor {
  readonly #source: Readable;
  readonly #check: ContentCheck;
  readonly #pieces: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);
  #position = 0;
  #ended = false;
  #closed = false;

  constructor(source: Readable, check: ContentCheck) {
    this.#source = source;
    this.#check = check;
    this.#pieces = source[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  get position(): number {
    return this.#position;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** At least one byte, at most `limit`. */
  async read(limit: number): Promise<Buffer> {
    while (this.#rest.length === 0) this.#rest = await this.#next();
    const piece = this.#rest.subarray(0, limit);
    this.#rest = this.#rest.subarray(piece.length);
    this.#position += piece.length;
    return piece;
  }

  /** Waits for the end of the source, and checks that it came in the right place. */
  async finish(): Promise<void> {
    while (!this.#ended) await this.#next();
  }

  close(): void {
    this.#closed = true;
    this.#source.destroy();
  }

  /** The next bytes, checked; none at the end. Throws if the end comes early. */
  async #next(): Promise<Buffer> {
    const next = await this.#pieces.next();
    if (next.done !== true) {
      this.#check.update(next.value);
      return next.value;
    }
    this.#ended = true;
    this.#check.finish();
    return Buffer.alloc(0);
  }
}
