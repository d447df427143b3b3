import type { RemovalOutcome } from "../artifact/removal.js";
import { untilAborted } from "../concurrency/singleFlight.js";
import { aborted } from "../http/clock.js";
import { Turns } from "../concurrency/turns.js";
import type { Operation } from "./operation.js";

/** One attempt to delete a manifest. It may be repeated on behalf of another operation. */
export type RemovalAttempt = (operation: Operation) => Promise<RemovalOutcome>;

interface Waiting {
  readonly removal: RemovalAttempt;
  /**
   * Whether the operation that wanted to delete it is still running, and makes the next attempt itself.
   */
  present: boolean;
  released: boolean;
}

/**
 * Manifests that could not be deleted yet because another manifest needs them: a referrer its subject, an
 * index its children. Resources that do not depend on each other are destroyed in any order, so the other
 * manifest may be deleted soon. As long as any removal is running, we wait for that; and the operation
 * that later deletes the other manifest retries the waiting ones. Kept for the lifetime of the host
 * process, which is one run.
 */
export class WaitingRemovals {
  readonly #turns = new Turns();
  readonly #waiting = new Map<string, Waiting>();
  /** Running attempts; an operation that waits does not count. */
  #attempts = 0;
  readonly #wakers: (() => void)[] = [];

  /**
   * Attempts for one manifest take turns, so that none misses a removal in the meantime. Returns that it
   * waits only if nothing is being removed any more, and nothing starts to be during a `pause`.
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
   * Called when the manifest that needed this one was deleted. If this one was waiting, it is retried and the
   * outcome returned, unless its own operation is still running and does that.
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

  /** Waits until what needs the manifest is deleted; `false` if nothing is left that could do that. */
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
