import { Readable } from "node:stream";
import { withErrorListener } from "../http/sourcePolicy.js";
import type { Blob } from "../oci/blob.js";
import type { Descriptor } from "../oci/descriptor.js";
import { ContentCheck } from "../oci/verifiedStream.js";
import { checkedPiece } from "./uploadContent.js";

/**
 * Reads a blob for an upload. The bytes are verified while they are read, here or by the blob itself.
 * Consecutive slices are read from one stream, so that a blob sent in chunks is read and hashed once. If
 * a slice is requested again (because the transport repeats a request), the blob is opened again and
 * everything before the slice is skipped.
 *
 * The last bytes are handed out only after the whole blob was verified, so the registry never gets a
 * complete body that differs from the descriptor. A chunk may share its memory with the next one.
 */
export class BlobReader {
  readonly #blob: Blob;
  readonly #subject: string;
  readonly #signal: AbortSignal | undefined;
  #cursor: Cursor | undefined;
  /**
   * Increased by each new request for bytes, and by closing: reads of an earlier generation are
   * cancelled.
   */
  #generation = 0;
  #failure: Error | undefined;

  constructor(blob: Blob, subject: string, signal: AbortSignal | undefined) {
    this.#blob = blob;
    this.#subject = subject;
    this.#signal = signal;
  }

  /** The error of the blob itself, if it failed. Retrying does not help then. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /**
   * Bytes from `start` up to, but not including, `end`. Earlier slices that were not read to their end
   * become invalid.
   */
  async slice(start: number, end: number): Promise<AsyncIterable<Uint8Array>> {
    return this.#bytes(await this.#cursorAt(start), end);
  }

  /** The whole blob in memory. */
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

  /**
   * Continues the stream of the slice before if that ended exactly at `start`; otherwise opens the blob
   * again.
   */
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

  /** After `close`, the only error reported is that of the closing. */
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
      // The listener is added before any `await`: a stream that has failed already emits its error at
      // once.
      const stream =
        opened instanceof Readable ? withErrorListener(opened) : withErrorListener(await opened);
      return { chunks: stream as AsyncIterable<Uint8Array>, verified: false };
    } catch (error) {
      if (generation === this.#generation) this.#failure = error as Error;
      throw error;
    }
  }
}

interface Source {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Whether reading them fails if they do not match the descriptor. */
  readonly verified: boolean;
}

/** A position in one opened source. */
class Cursor {
  readonly #source: Source;
  readonly #check: ContentCheck | undefined;
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array();
  #position = 0;
  #ended = false;
  #closed = false;
  /** Whether its slice has not been read to the end yet. */
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

  /** Reads to the end of the source, and checks that it comes where it should. */
  async finish(): Promise<void> {
    while (!this.#ended) await this.#next();
  }

  close(): void {
    this.#closed = true;
    const { chunks } = this.#source;
    if (chunks instanceof Readable) chunks.destroy();
    // Nobody reads these bytes any more, so an error while closing does not matter.
    else this.#chunks.return?.().catch(() => undefined);
  }

  /** The next verified bytes; empty at the end. Throws if the source ends too early. */
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
