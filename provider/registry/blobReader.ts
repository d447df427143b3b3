import { Readable } from "node:stream";
import type { Blob } from "../oci/blob.js";
import type { Descriptor } from "../oci/descriptor.js";
import { ContentCheck } from "../oci/verifiedStream.js";
import { checkedPiece } from "./uploadContent.js";

/**
 * Reads a blob for an upload; the bytes are checked as they pass, here or by the blob itself. Slices that follow one another come
 * from one stream, so that a blob in chunks is read and hashed once; a slice that is asked for again
 * (the transport repeats a request) opens the blob anew and skips what is before it.
 *
 * The last bytes are handed out only after the whole was checked: the registry never gets a complete
 * body with other bytes than the descriptor's. A chunk may share its memory with the next one.
 */
export class BlobReader {
  readonly #blob: Blob;
  readonly #subject: string;
  readonly #signal: AbortSignal | undefined;
  #cursor: Cursor | undefined;
  /** Changes whenever what was asked for before is over. */
  #generation = 0;
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

  /** Bytes from `start` up to, not including, `end`; what an earlier slice has not given yet is void. */
  async slice(start: number, end: number): Promise<AsyncIterable<Uint8Array>> {
    return this.#bytes(await this.#cursorAt(start), end);
  }

  /** The whole in memory. */
  async bytes(): Promise<Uint8Array> {
    const { size } = this.#blob.descriptor;
    const whole = new Uint8Array(size);
    let filled = 0;
    for await (const part of await this.slice(0, size)) {
      whole.set(part, filled);
      filled += part.length;
    }
    return whole;
  }

  close(): void {
    this.#generation += 1;
    this.#cursor?.close();
    this.#cursor = undefined;
  }

  async *#bytes(cursor: Cursor, end: number): AsyncGenerator<Uint8Array, void, undefined> {
    const { size } = this.#blob.descriptor;
    try {
      while (cursor.position < end) {
        const piece = await cursor.read(end - cursor.position);
        if (cursor.position === size) await cursor.finish();
        yield piece;
      }
      if (end === size) await cursor.finish();
      cursor.inUse = false;
    } catch (error) {
      throw this.#fault(cursor, error);
    } finally {
      if (cursor.inUse) cursor.close();
    }
  }

  /** The one that the slice before has left there, or a new one: none is shared with a slice given up. */
  async #cursorAt(start: number): Promise<Cursor> {
    const left = this.#cursor;
    if (left?.position !== start || left.inUse || left.closed) return this.#newCursor(start);
    left.inUse = true;
    return left;
  }

  async #newCursor(start: number): Promise<Cursor> {
    this.close();
    const generation = this.#generation;
    const source = await this.#open(generation);
    const cursor = new Cursor(source, this.#blob.descriptor, this.#subject);
    if (generation !== this.#generation) {
      cursor.close();
      throw new Error("the blob's source is no longer needed");
    }
    this.#cursor = cursor;
    try {
      while (cursor.position < start) await cursor.read(start - cursor.position);
    } catch (error) {
      throw this.#fault(cursor, error);
    }
    return cursor;
  }

  /** One that was closed fails for that reason alone. */
  #fault(cursor: Cursor, error: unknown): unknown {
    if (!cursor.closed) this.#failure = error as Error;
    return error;
  }

  async #open(generation: number): Promise<Source> {
    const options = { signal: this.#signal };
    try {
      const chunks = this.#blob.readVerified?.(options);
      if (chunks !== undefined) return { chunks, verified: true };
      const opened = this.#blob.open(options);
      // Listened to at once: a stream that failed already would tell it before an `await` is over.
      const stream = opened instanceof Readable ? heard(opened) : heard(await opened);
      return { chunks: stream as AsyncIterable<Uint8Array>, verified: false };
    } catch (error) {
      if (generation === this.#generation) this.#failure = error as Error;
      throw error;
    }
  }
}

interface Source {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Whether they fail by themselves unless they are the descriptor's. */
  readonly verified: boolean;
}

/** Who iterates the stream gets its error; without a listener it would also end the process. */
function heard(stream: Readable): Readable {
  return stream.on("error", () => undefined);
}

/** A place in one opened source. */
class Cursor {
  readonly #source: Source;
  readonly #check: ContentCheck | undefined;
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array();
  #position = 0;
  #ended = false;
  #closed = false;
  /** A slice has not come to its end yet. */
  inUse = true;

  constructor(source: Source, expected: Pick<Descriptor, "digest" | "size">, subject: string) {
    this.#source = source;
    this.#check = source.verified ? undefined : new ContentCheck(expected, subject);
    this.#chunks = source.chunks[Symbol.asyncIterator]();
  }

  get position(): number {
    return this.#position;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** At least one byte, at most `limit`. */
  async read(limit: number): Promise<Uint8Array> {
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
    const { chunks } = this.#source;
    if (chunks instanceof Readable) chunks.destroy();
    // What it says on its way out is no news: nobody wants its bytes any more.
    else this.#chunks.return?.().catch(() => undefined);
  }

  /** The next bytes, checked; none at the end. Throws if the end comes early. */
  async #next(): Promise<Uint8Array> {
    if (this.#ended) throw new Error("the blob's source ended early");
    const next = await this.#chunks.next();
    if (next.done !== true) {
      const piece = checkedPiece(next.value);
      this.#check?.update(piece);
      return piece;
    }
    this.#ended = true;
    this.#check?.finish();
    return new Uint8Array();
  }
}
