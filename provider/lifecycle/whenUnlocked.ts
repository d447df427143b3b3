import { RegistryError } from "../errors.js";
import type { Host } from "./host.js";
import type { Operation } from "./operation.js";

/** Attempts, each after a pause of a second; locks are usually opened sooner. */
const MOST_LOOKS = 5;

/**
 * Removes something, and retries if it is locked: the lock may belong to a `TagLock` of the same stack
 * that is being deleted as well. The engine deletes both at the same time, unless it knows that one
 * depends on the other.
 */
export async function whenUnlocked<T>(
  host: Pick<Host, "pause"> & { readonly operations: Pick<Host["operations"], "underWay"> },
  operation: Operation,
  remove: () => Promise<T>,
): Promise<T> {
  for (let looks = 1; ; looks += 1) {
    try {
      return await remove();
    } catch (error) {
      const isAlone = looks > 1 && host.operations.underWay === 1;
      if (!isForeseen(error) || isAlone || looks === MOST_LOOKS) throw error;
      await host.pause(operation);
    }
  }
}

/**
 * Whether we noticed the lock ourselves before any request, so that the registry has refused nothing.
 */
function isForeseen(error: unknown): boolean {
  return error instanceof RegistryError && error.code === "LOCKED" && error.status === undefined;
}
