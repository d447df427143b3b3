import type { Clock } from "./clock.js";

/**
 * The idle timeout. It measures silence, not duration: a large transfer may take as long as it needs
 * while bytes flow. It is stopped while we, not the other side, cause the silence.
 */
export class Watchdog {
  readonly #clock: Clock;
  readonly #idleMs: number;
  readonly #onIdle: () => void;
  #lastProgress = 0;
  #cancel: (() => void) | undefined;
  #ended = false;

  constructor(clock: Clock, idleMs: number, onIdle: () => void) {
    this.#clock = clock;
    this.#idleMs = idleMs;
    this.#onIdle = onIdle;
  }

  /** Starts the timeout, or notes progress. */
  touch(): void {
    if (this.#ended) return;
    this.#lastProgress = this.#clock.now();
    // A single timer serves many notes of progress: when it fires, it measures the silence.
    if (this.#cancel === undefined) this.#arm(this.#idleMs);
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /** Stops for good: a source that was given up may still deliver, which must not start it again. */
  end(): void {
    this.#ended = true;
    this.stop();
  }

  #arm(ms: number): void {
    this.#cancel = this.#clock.timer(() => {
      this.#cancel = undefined;
      const left = this.#lastProgress + this.#idleMs - this.#clock.now();
      if (left > 0) this.#arm(left);
      else this.#onIdle();
    }, ms);
  }
}
