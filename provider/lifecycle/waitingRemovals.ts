import type { RemovalOutcome } from "../artifact/removal.js";
import { untilAborted } from "../concurrency/singleFlight.js";
import { aborted } from "../http/clock.js";
import { Turns } from "../concurrency/turns.js";
import type { Operation } from "./operation.js";

/** One attempt to remove a manifest; it may be made again, on behalf of another operation. */
export type RemovalAttempt = (operation: Operation) => Promise<RemovalOutcome>;

interface Waiting {
  readonly removal: RemovalAttempt;
  /** The operation that was to delete it is still under way, and makes the next attempt itself. */
  present: boolean;
  released: boolean;
}

/**
 * Manifests that were to be deleted and had to stay, since another manifest needs them: a referrer its
 * subject, an index its children. What does not depend on each other is destroyed in any order, so
 * that other one may be about to go. As long as anything is being removed, it is waited for; whoever
 * deletes it later comes back to what had to stay. Kept for the life of the host process, which is one run.
 */
export class WaitingRemovals {
  readonly #turns = new Turns();
  readonly #waiting = new Map<string, Waiting>();
  /** Attempts under way; who waits has none. */
  #attempts = 0;
  readonly #wakers: (() => void)[] = [];

  /**
   * Attempts for one manifest take turns, so that none misses what goes in the meantime. Answers that it
   * waits only when nothing is being removed any more, nor has begun to be during a `pause`.
   */
  async attempt(
    reference: string,
    removal: RemovalAttempt,
    operation: Operation,
    pause: () => Promise<void>,
  ): Promise<RemovalOutcome> {
    try {
      for (;;) {
        const outcome = await this.#attempt(reference, removal, operation);
        if (outcome.waits !== true) return outcome;
        if (!(await this.#isReleased(reference, operation, pause))) return outcome;
      }
    } finally {
      const waiting = this.#waiting.get(reference);
      if (waiting !== undefined) waiting.present = false;
    }
  }

  /**
   * What needed the manifest is gone. If it had to stay, it is tried again, and the outcome answered, unless
   * the operation that was to delete it is there to do that.
   */
  released(reference: string, operation: Operation): Promise<RemovalOutcome | undefined> {
    return this.#turns.take(reference, async () => {
      const waiting = this.#waiting.get(reference);
      if (waiting?.present === true) {
        waiting.released = true;
        this.#wake();
        return undefined;
      }
      const outcome = await waiting?.removal(operation);
      if (outcome !== undefined && outcome.waits !== true) this.#waiting.delete(reference);
      return outcome;
    });
  }

  async #attempt(
    reference: string,
    removal: RemovalAttempt,
    operation: Operation,
  ): Promise<RemovalOutcome> {
    this.#attempts += 1;
    try {
      return await this.#turns.take(reference, async () => {
        const outcome = await removal(operation);
        if (outcome.waits !== true) this.#waiting.delete(reference);
        else this.#waiting.set(reference, { removal, present: true, released: false });
        return outcome;
      });
    } finally {
      this.#attempts -= 1;
      this.#wake();
    }
  }

  /** Waits for what needs the manifest to go; `false`: nothing is left that could do that. */
  async #isReleased(
    reference: string,
    operation: Operation,
    pause: () => Promise<void>,
  ): Promise<boolean> {
    for (let paused = false; this.#waiting.get(reference)?.released !== true;) {
      if (this.#attempts === 0 && paused) return false;
      paused = this.#attempts === 0;
      await (paused ? pause() : this.#nextEnd(operation.signal));
    }
    return true;
  }

  #nextEnd(signal: AbortSignal): Promise<void> {
    const ended = new Promise<void>((resolve) => this.#wakers.push(resolve));
    return untilAborted(ended, signal).catch(() => {
      throw aborted(signal);
    });
  }

  #wake(): void {
    for (const wake of this.#wakers.splice(0)) wake();
  }
}
