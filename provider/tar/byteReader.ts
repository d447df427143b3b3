import { ProtocolError } from "../errors.js";

/** Reads exact numbers of bytes from chunks of any size, and keeps at most one chunk in memory. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array();

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** Exactly `count` bytes; `undefined` if the source ends before the first one. */
  async exactly(count: number): Promise<Buffer | undefined> {
    const first = await this.some(count);
    if (first === undefined) return undefined;
    if (first.length === count) return first;
    const whole = Buffer.alloc(count);
    first.copy(whole);
    for (let filled = first.length; filled < count;) {
      const piece = await this.#more(count - filled);
      piece.copy(whole, filled);
      filled += piece.length;
    }
    return whole;
  }

  /** Exactly `count` bytes; throws if the source has fewer. */
  async required(count: number): Promise<Buffer> {
    const whole = await this.exactly(count);
    if (whole === undefined) throw endsEarly();
    return whole;
  }

  /** At least one byte and at most `limit`; `undefined` at the end. */
  async some(limit: number): Promise<Buffer | undefined> {
    while (this.#rest.length === 0) {
      const next = await this.#chunks.next();
      if (next.done === true) return undefined;
      this.#rest = next.value;
    }
    const piece = this.#rest.subarray(0, limit);
    this.#rest = this.#rest.subarray(piece.length);
    return Buffer.from(piece.buffer, piece.byteOffset, piece.length);
  }

  /** Yields `count` bytes as they arrive; throws if the source has fewer. */
  async *stream(count: number): AsyncGenerator<Buffer, void, undefined> {
    for (let left = count; left > 0;) {
      const piece = await this.#more(left);
      left -= piece.length;
      yield piece;
    }
  }

  async skip(count: number): Promise<void> {
    for (let left = count; left > 0;) left -= (await this.#more(left)).length;
  }

  /** Closes the source. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  async #more(limit: number): Promise<Buffer> {
    const piece = await this.some(limit);
    if (piece === undefined) throw endsEarly();
    return piece;
  }
}

function endsEarly(): ProtocolError {
  return new ProtocolError("the archive ends in the middle of an entry");
}
