import { Readable, Transform, type TransformCallback, finished } from "node:stream";
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
  const source = await openSource(pieces);
  const guard = new UploadGuard(size, attempt.exchange.operation, (sent) => {
    attempt.watchdog.touch();
    pieces.onProgress?.(sent);
  });
  const fail = (error: unknown): void => {
    attempt.fail(new SourceFailure(error));
    guard.destroy();
  };
  finished(source, { writable: false }, (error) => {
    if (error !== undefined && error !== null) fail(error);
  });
  guard.once("error", fail);
  source.pipe(guard);
  return {
    content: guard,
    size,
    complete: () => guard.complete,
    destroy: () => {
      source.destroy();
      guard.destroy();
    },
  };
}

async function openSource(body: Exclude<RequestBody, Uint8Array>): Promise<Readable> {
  try {
    return await body.open();
  } catch (error) {
    throw new SourceFailure(error);
  }
}

function inPieces(bytes: Uint8Array): Exclude<RequestBody, Uint8Array> {
  function* pieces(): Generator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
  }
  return { size: bytes.length, open: () => Readable.from(pieces(), { objectMode: false }) };
}

/**
 * Passes exactly `size` bytes on. The last piece is kept back until the source has ended well: a body
 * that is too short, too long or found to be wrong at its end is never complete on the wire, so no
 * server can take it for the whole one. (A surplus would even be read as a second request.)
 */
class UploadGuard extends Transform {
  readonly #size: number;
  readonly #operation: string;
  readonly #onProgress: (sentBytes: number) => void;
  #counted = 0;
  #kept: Buffer | undefined;
  complete = false;

  constructor(size: number, operation: string, onProgress: (sentBytes: number) => void) {
    // One piece at a time, whatever its size: the source reads ahead already.
    super({ highWaterMark: 64 * 1024 });
    this.#size = size;
    this.#operation = operation;
    this.#onProgress = onProgress;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const before = this.#counted;
    this.#counted += chunk.length;
    if (this.#counted > this.#size) return done(this.#mismatch(`more than ${this.#size}`));
    const ready = this.#kept;
    this.#kept = chunk;
    if (ready !== undefined) this.push(ready);
    this.#onProgress(before);
    done();
  }

  override _flush(done: TransformCallback): void {
    if (this.#counted !== this.#size) return done(this.#mismatch(String(this.#counted)));
    if (this.#kept !== undefined) this.push(this.#kept);
    this.complete = true;
    this.#onProgress(this.#size);
    done();
  }

  #mismatch(actual: string): IntegrityError {
    return new IntegrityError(
      "SIZE_MISMATCH",
      `${this.#operation}: the source gave ${actual} bytes, expected ${this.#size}: it changed while it was sent`,
      { expected: String(this.#size), actual },
    );
  }
}
