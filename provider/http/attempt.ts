import { type AcrError, RegistryError, isAcrError } from "../errors.js";
import { aborted, type Clock } from "./clock.js";
import type { Exchange } from "./exchange.js";
import { SourceFailure, TransientFailure, failureOf } from "./failure.js";
import { locationOf } from "./redaction.js";
import { Watchdog } from "./watchdog.js";

/**
 * One attempt to send a request: it can be cut short by the caller, by silence, or by a request body
 * that fails, and remembers which it was, since the HTTP client reports all three alike.
 */
export class Attempt {
  readonly exchange: Exchange;
  readonly watchdog: Watchdog;
  readonly #controller = new AbortController();
  readonly #onAbort = (): void => this.fail(aborted(this.exchange.signal));
  #reason: AcrError | SourceFailure | TransientFailure | undefined;

  constructor(exchange: Exchange, clock: Clock, idleMs: number) {
    this.exchange = exchange;
    this.watchdog = new Watchdog(clock, idleMs, () => this.fail(this.#stalled(idleMs)));
    if (exchange.signal.aborted) this.#onAbort();
    exchange.signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Cuts the attempt short. The first reason counts. */
  fail(reason: AcrError | SourceFailure | TransientFailure): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#controller.abort();
  }

  /** What a rejection means. */
  explain(error: unknown): AcrError | SourceFailure | TransientFailure {
    if (this.#reason !== undefined) return this.#reason;
    const explained =
      isAcrError(error) || error instanceof SourceFailure || error instanceof TransientFailure;
    return explained ? error : failureOf(error, this.exchange);
  }

  /** Nothing will happen any more; `cut` also gives up the connection. */
  end(cut = false): void {
    this.watchdog.end();
    this.exchange.signal.removeEventListener("abort", this.#onAbort);
    if (cut) this.#controller.abort();
  }

  #stalled(idleMs: number): TransientFailure {
    const { method, url, operation } = this.exchange;
    return new TransientFailure(
      () =>
        new RegistryError(
          "STALLED",
          `${operation}: no data moved for ${idleMs / 1000} seconds; the connection was dropped`,
          { method, url: locationOf(url) },
        ),
    );
  }
}
