import { type Clock, sleep } from "../http/clock.js";
import type { CheckResult } from "./lifecycle.js";

/** Longer than the engine takes from one `check` to the next, if the program waits for nothing. */
export const QUIET_MS = 1_000;

/**
 * Tells when the program has declared its resources. The engine calls `check` for one resource after the
 * other, and starts to create and update some of them before it has seen the rest of the program. So
 * before anything undeclared is deleted, we wait until no `check` is running and none has started for a
 * while.
 */
export class Declarations {
  #begun = 0;
  #running = 0;
  #refused = false;

  /** Runs one `check`. */
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

  /** Whether a check failed, so that the declaration of its resource is unknown. */
  get refused(): boolean {
    return this.#refused;
  }

  /** Waits until everything is declared that does not depend on resources still to be created. */
  async settled(clock: Clock, quietMs: number, signal: AbortSignal): Promise<void> {
    for (let seen = -1; this.#running > 0 || seen !== this.#begun;) {
      seen = this.#begun;
      await sleep(clock, quietMs, signal);
    }
  }
}
