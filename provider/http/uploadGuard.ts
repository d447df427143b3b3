import { Readable } from "node:stream";
import { IntegrityError } from "../errors.js";
import type { Attempt } from "./attempt.js";
import { SourceFailure } from "./failure.js";
import { giveUp } from "./sourcePolicy.js";

/**
 * Larger bodies in memory are sent in pieces of this size, so that the idle timeout can see progress.
 */
const PIECE = 256 * 1024;

/** The request body of one attempt. */
export interface AttemptBody {
  /** The body for the HTTP client. */
  readonly content: Uint8Array | Readable;
  readonly size: number;
  /** Whether all of it was handed over to the HTTP client. */
  complete(): boolean;
  /** Stops reporting progress to the watchdog. */
  unwatch(): void;
  destroy(): void;
}

/** Makes the body of an attempt. An error of its source ends the attempt with that error. */
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
    // Waiting for the source is not silence of the registry.
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

/** Is told about the progress of the body. */
interface Watch {
  /** The guard waits for the source. */
  waiting(): void;
  /** A piece arrived from the source; `sentBytes` bytes before it were sent. */
  progress(sentBytes: number): void;
}

/**
 * Passes on exactly `size` bytes. The last piece is held back until the source has ended successfully. So
 * a body that is too short, too long or fails its verification at the end is never completely sent, and
 * no server can accept it. (Surplus bytes would even be read as a second request.)
 *
 * The next piece is requested when the operating system has taken the one before, so that sources can
 * reuse their memory instead of leaving megabytes to the garbage collector.
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

  /** The HTTP client calls this to send the body. */
  override pipe<Destination extends NodeJS.WritableStream>(destination: Destination): Destination {
    this.#writeTo(destination).catch((error: unknown) => this.destroy(error as Error));
    return destination;
  }

  /** Other readers get copies, because they may keep the pieces. */
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
    // The source is given up, so an error while closing does not matter.
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
