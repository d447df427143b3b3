import { RegistryError } from "../errors.js";
import type { Host } from "./host.js";
import type { Operation } from "./operation.js";

/** Each after a pause of a second; locks go in less. */
const MOST_LOOKS = 5;

/**
 * Removes something, and looks again where it is locked: what locks it may be a `TagLock` of the same stack
 * that goes as well, and the engine deletes both at once unless it knows that one depends on the other.
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

/** A lock that we saw ourselves: nothing was tried, and the registry has refused nothing. */
function isForeseen(error: unknown): boolean {
  return error instanceof RegistryError && error.code === "LOCKED" && error.status === undefined;
}
