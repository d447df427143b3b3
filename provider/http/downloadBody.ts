import { Readable } from "node:stream";
import type { AcrError } from "../errors.js";
import type { Attempt } from "./attempt.js";
import { type SourceFailure, TransientFailure } from "./failure.js";

/**
 * The body of an answer. The idle timeout runs while the reader waits for bytes, and stops while the
 * reader is busy. A broken connection fails with `UNAVAILABLE`, a silent one with `STALLED`.
 */
export class DownloadBody extends Readable {
  readonly #source: Readable;
  readonly #attempt: Attempt;
  readonly #onClosed: () => void;
  #ended = false;

  constructor(source: Readable, attempt: Attempt, onClosed: () => void) {
    super({ highWaterMark: 512 * 1024 });
    this.#source = source;
    this.#attempt = attempt;
    this.#onClosed = onClosed;
    // The reader gets the error. Before there is one, an error must not end the process.
    this.on("error", () => undefined);
    // Paused first, because adding a listener starts the flow.
    source.pause();
    source.on("data", (chunk: Buffer) => this.#take(chunk));
    source.once("end", () => this.#finish());
    source.on("error", (error) => this.destroy(errorFor(attempt, error)));
    source.once("close", () => {
      if (!this.#ended) this.destroy(errorFor(attempt, cut()));
    });
  }

  override _read(): void {
    this.#attempt.watchdog.touch();
    this.#source.resume();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    // The rest of the body is still being sent, so the connection cannot be reused.
    if (!this.#ended) this.#source.destroy();
    this.#attempt.end(!this.#ended);
    this.#onClosed();
    done(error);
  }

  #take(chunk: Buffer): void {
    this.#attempt.watchdog.touch();
    if (this.push(chunk)) return;
    this.#attempt.watchdog.stop();
    this.#source.pause();
  }

  #finish(): void {
    this.#ended = true;
    this.#attempt.watchdog.stop();
    this.push(null);
  }
}

function cut(): Error {
  return Object.assign(new Error("closed before its end"), { code: "ECONNRESET" });
}

/**
 * An error of the request's source stays marked as one, so that the retry policy passes it on unchanged.
 */
function errorFor(attempt: Attempt, error: unknown): AcrError | SourceFailure {
  const reason = attempt.explain(error);
  if (!(reason instanceof TransientFailure)) return reason;
  return reason.toError(attempt.exchange.attempts);
}

/** The bytes read of a body, and whether they are all of it. */
export interface CappedBytes {
  readonly bytes: Uint8Array;
  readonly complete: boolean;
}

/** Reads at most `limit` bytes. If there are more, the connection is closed. */
export async function readCapped(body: Readable, limit: number): Promise<CappedBytes> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of body as AsyncIterable<Uint8Array>) {
    size += piece.length;
    pieces.push(piece);
    // Leaving the loop destroys the stream.
    if (size > limit) return { bytes: Buffer.concat(pieces).subarray(0, limit), complete: false };
  }
  return { bytes: Buffer.concat(pieces), complete: true };
}
