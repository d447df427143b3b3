import { type AcrError, RegistryError, isAcrError } from "../errors.js";
import { aborted, type Clock } from "./clock.js";
import type { Exchange } from "./exchange.js";
import { SourceFailure, TransientFailure, failureOf } from "./failure.js";
import { locationOf } from "./redaction.js";
import { Watchdog } from "./watchdog.js";

/**
 * One attempt to send a request. The caller, the idle timeout or a failing request body can end it early.
 * It remembers which one did, because the HTTP client reports the same error for all three.
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

  /** Ends the attempt early. Only the first reason is kept. */
  fail(reason: AcrError | SourceFailure | TransientFailure): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#controller.abort();
  }

  /** The error that a rejection of the HTTP client stands for. */
  explain(error: unknown): AcrError | SourceFailure | TransientFailure {
    if (this.#reason !== undefined) return this.#reason;
    const explained =
      isAcrError(error) || error instanceof SourceFailure || error instanceof TransientFailure;
    return explained ? error : failureOf(error, this.exchange);
  }

  /** Ends the attempt; with `cut`, its connection is closed, too. */
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
