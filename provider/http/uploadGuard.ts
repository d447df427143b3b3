import { Readable } from "node:stream";
import { IntegrityError } from "../errors.js";
import type { Attempt } from "./attempt.js";
import { SourceFailure } from "./failure.js";
import { giveUp } from "./sourcePolicy.js";

/** Below this, bytes in memory are sent at once; above, in pieces, so that silence can be told apart. */
const PIECE = 256 * 1024;

/** The body of one attempt. */
export interface AttemptBody {
  /** What the HTTP client is given. */
  readonly content: Uint8Array | Readable;
  readonly size: number;
  /** Whether all of it has been handed over. */
  complete(): boolean;
  /** What becomes of it is not told the watchdog any more. */
  unwatch(): void;
  destroy(): void;
}

/** Makes the body of an attempt. An error of the source ends the attempt, and is its reason. */
export function attemptBody(attempt: Attempt): AttemptBody | undefined {
  const { body, source, operation } = attempt.exchange;
  if (body === undefined) return undefined;
  if (body instanceof Uint8Array) {
    if (body.length > PIECE) return guarded(inPieces(body), body.length, attempt);
    return { content: body, size: body.length, ...NOTHING_TO_GUARD };
  }
  if (source === undefined) throw new TypeError(`${operation}: the source is not open`);
  return guarded(source, body.size, attempt, body.onProgress);
}

const NOTHING_TO_GUARD = {
  complete: () => true,
  unwatch: () => undefined,
  destroy: () => undefined,
};

function guarded(
  source: AsyncIterable<Uint8Array>,
  size: number,
  attempt: Attempt,
  onProgress?: (sentBytes: number) => void,
): AttemptBody {
  const { watchdog, exchange } = attempt;
  const guard = new UploadGuard(source, size, exchange.operation, {
    // Whoever is read from is not the one that the request goes to.
    waiting: () => watchdog.stop(),
    progress: (sent) => {
      watchdog.touch();
      onProgress?.(sent);
    },
  });
  guard.once("error", (error) => attempt.fail(new SourceFailure(error)));
  return {
    content: guard,
    size,
    complete: () => guard.complete,
    unwatch: () => guard.unwatch(),
    destroy: () => void guard.destroy(),
  };
}

async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
}

/** Told where the body is. */
interface Watch {
  /** The next piece of the source is waited for. */
  waiting(): void;
  /** It came; so many bytes before it were sent. */
  progress(sentBytes: number): void;
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
  #watch: Watch | undefined;
  complete = false;

  constructor(source: AsyncIterable<Uint8Array>, size: number, operation: string, watch: Watch) {
    super({ highWaterMark: 0 });
    this.#watch = watch;
    this.#source = source;
    this.#size = size;
    this.#operation = operation;
    this.#pieces = this.#guarded();
  }

  unwatch(): void {
    this.#watch = undefined;
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
    this.unwatch();
    this.#written();
    giveUp(this.#source);
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
    this.#watch?.waiting();
    for await (const piece of this.#source) {
      if (piece.length === 0) continue;
      this.#watch?.progress(counted);
      counted += piece.length;
      if (counted > this.#size) throw this.#mismatch(`more than ${this.#size}`);
      if (counted < this.#size) yield piece;
      else last = piece;
      this.#watch?.waiting();
    }
    if (counted !== this.#size) throw this.#mismatch(String(counted));
    this.complete = true;
    this.#watch?.progress(counted);
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
