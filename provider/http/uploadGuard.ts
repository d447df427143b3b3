import { Readable } from "node:stream";
import { IntegrityError } from "../errors.js";
import type { Attempt } from "./attempt.js";
import { SourceFailure } from "./failure.js";
import type { RequestBody } from "./transport.js";

/** Below this, bytes in memory are sent at once; above, in pieces, so that silence can be told apart. */
const PIECE = 256 * 1024;

/** The body of one attempt. */
export interface AttemptBody {
  /** What the HTTP client is given. */
  readonly content: Uint8Array | Readable;
  readonly size: number;
  /** Whether all of it has been handed over. */
  complete(): boolean;
  destroy(): void;
}

/** Opens the body anew for an attempt. An error of the source ends the attempt, and is its reason. */
export async function openBody(body: RequestBody, attempt: Attempt): Promise<AttemptBody> {
  if (body instanceof Uint8Array && body.length <= PIECE) {
    return { content: body, size: body.length, complete: () => true, destroy: () => undefined };
  }
  if (attempt.signal.aborted) throw attempt.explain(undefined);
  const pieces = body instanceof Uint8Array ? inPieces(body) : body;
  const { size } = pieces;
  const guard = new UploadGuard(await openSource(pieces), size, attempt.exchange.operation);
  guard.onProgress = (sent) => {
    attempt.watchdog.touch();
    pieces.onProgress?.(sent);
  };
  guard.once("error", (error) => attempt.fail(new SourceFailure(error)));
  return {
    content: guard,
    size,
    complete: () => guard.complete,
    destroy: () => void guard.destroy(),
  };
}

async function openSource(
  body: Exclude<RequestBody, Uint8Array>,
): Promise<AsyncIterable<Uint8Array>> {
  try {
    const source = await body.open();
    // Who iterates it gets its error; without a listener it would also end the process.
    if (source instanceof Readable) source.on("error", () => undefined);
    return source;
  } catch (error) {
    throw new SourceFailure(error);
  }
}

function inPieces(bytes: Uint8Array): Exclude<RequestBody, Uint8Array> {
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
  }
  return { size: bytes.length, open: pieces };
}

/**
 * Passes exactly `size` bytes on. The last piece is kept back until the source has ended well: a body
 * that is too short, too long or found to be wrong at its end is never complete on the wire, so no
 * server can take it for the whole one. (A surplus would even be read as a second request.)
 *
 * A piece is asked for when the one before is with the operating system, so that sources can use the
 * same memory again: left to the collector, megabytes pile up that nobody needs.
 */
class UploadGuard extends Readable {
  readonly #source: AsyncIterable<Uint8Array>;
  readonly #size: number;
  readonly #operation: string;
  readonly #pieces: AsyncGenerator<Uint8Array>;
  /** Ends the wait for a piece to be written. */
  #written = (): void => undefined;
  onProgress: (sentBytes: number) => void = () => undefined;
  complete = false;

  constructor(source: AsyncIterable<Uint8Array>, size: number, operation: string) {
    super({ highWaterMark: 0 });
    this.#source = source;
    this.#size = size;
    this.#operation = operation;
    this.#pieces = this.#guarded();
  }

  /** How the HTTP client takes the body. */
  override pipe<Destination extends NodeJS.WritableStream>(destination: Destination): Destination {
    this.#writeTo(destination).catch((error: unknown) => this.destroy(error as Error));
    return destination;
  }

  /** Any other way to take it gets copies, for it may keep them. */
  override _read(): void {
    this.#pieces.next().then(
      ({ done, value }) => this.push(done === true ? null : Buffer.from(value)),
      (error: unknown) => this.destroy(error as Error),
    );
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#written();
    if (this.#source instanceof Readable) this.#source.destroy();
    // A source that fails while it is given up says nothing new.
    this.#pieces.return(undefined).catch(() => undefined);
    done(error);
  }

  async #writeTo(destination: NodeJS.WritableStream): Promise<void> {
    for await (const piece of this.#pieces) {
      await new Promise<void>((resolve) => {
        this.#written = resolve;
        destination.write(piece, () => resolve());
      });
      if (this.destroyed) return;
    }
    destination.end();
    this.push(null);
    this.resume();
  }

  async *#guarded(): AsyncGenerator<Uint8Array> {
    let counted = 0;
    let last: Uint8Array | undefined;
    for await (const piece of this.#source) {
      if (piece.length === 0) continue;
      this.onProgress(counted);
      counted += piece.length;
      if (counted > this.#size) throw this.#mismatch(`more than ${this.#size}`);
      if (counted < this.#size) yield piece;
      else last = piece;
    }
    if (counted !== this.#size) throw this.#mismatch(String(counted));
    this.complete = true;
    this.onProgress(counted);
    if (last !== undefined) yield last;
  }

  #mismatch(actual: string): IntegrityError {
    return new IntegrityError(
      "SIZE_MISMATCH",
      `${this.#operation}: the source gave ${actual} bytes, expected ${this.#size}: it changed while it was sent`,
      { expected: String(this.#size), actual },
    );
  }
}
