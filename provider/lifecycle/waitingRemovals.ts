import type { RemovalOutcome } from "../artifact/removal.js";
import { Turns } from "../concurrency/turns.js";
import type { Operation } from "./operation.js";

/** One attempt to remove a manifest; it may be made again, on behalf of another operation. */
export type RemovalAttempt = (operation: Operation) => Promise<RemovalOutcome>;

/**
 * Manifests that were to be deleted and had to stay, since another manifest needs them: a referrer its
 * subject, an index its children. What does not depend on each other is destroyed in any order, so
 * that other one may be about to go; whoever deletes it comes back to what had to stay. Kept for the
 * life of the host process, which is one run.
 */
export class WaitingRemovals {
  readonly #turns = new Turns();
  readonly #waiting = new Map<string, RemovalAttempt>();

  /** Attempts for one manifest take turns, so that none misses what goes in the meantime. */
  attempt(
    reference: string,
    removal: RemovalAttempt,
    operation: Operation,
  ): Promise<RemovalOutcome> {
    return this.#turns.take(reference, async () => {
      const outcome = await removal(operation);
      if (outcome.waits === true) this.#waiting.set(reference, removal);
      return outcome;
    });
  }

  /** What needed the manifest is gone. If it had to stay, it is tried again; else `undefined`. */
  released(reference: string, operation: Operation): Promise<RemovalOutcome | undefined> {
    return this.#turns.take(reference, async () => {
      const outcome = await this.#waiting.get(reference)?.(operation);
      if (outcome !== undefined && outcome.waits !== true) this.#waiting.delete(reference);
      return outcome;
    });
  }
}
