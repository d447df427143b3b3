import { type Clock, sleep } from "../http/clock.js";
import type { CheckResult } from "./lifecycle.js";

/** Longer than the engine needs from one `check` to the next of a program that waits for nothing. */
export const QUIET_MS = 1_000;

/**
 * How far the program has come with declaring. The engine calls `check` resource by resource, and
 * begins to create and update what has been checked before the rest of the program is known to
 * anybody. Whoever deletes what nobody declares therefore waits until no check runs, and none has
 * begun for a while.
 */
export class Declarations {
  #begun = 0;
  #running = 0;
  #refused = false;

  /** One `check`, from beginning to end. */
  async during(check: () => Promise<CheckResult>): Promise<CheckResult> {
    this.#begun += 1;
    this.#running += 1;
    let accepted = false;
    try {
      const result = await check();
      accepted = result.failures.length === 0;
      return result;
    } finally {
      this.#running -= 1;
      this.#refused ||= !accepted;
    }
  }

  /** Whether a check failed, so that nobody knows what that resource declares. */
  get refused(): boolean {
    return this.#refused;
  }

  /** Ends when all is declared that does not wait for something else. */
  async settled(clock: Clock, quietMs: number, signal: AbortSignal): Promise<void> {
    for (let seen = -1; this.#running > 0 || seen !== this.#begun;) {
      seen = this.#begun;
      await sleep(clock, quietMs, signal);
    }
  }
}
