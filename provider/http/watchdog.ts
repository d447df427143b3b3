import type { Clock } from "./clock.js";

/**
 * Calls out when nothing has moved for a while. It measures silence, not duration: four gigabytes may
 * take their time as long as bytes flow. Stopped while the other side is not to blame.
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

  /** Begins to watch, or notes that something moved. */
  touch(): void {
    if (this.#ended) return;
    this.#lastProgress = this.#clock.now();
    // One timer for many notes: it looks, when it fires, how long the silence really is.
    if (this.#cancel === undefined) this.#arm(this.#idleMs);
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /** For good: what still comes from a source that is given up must not begin another watch. */
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
