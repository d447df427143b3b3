import { AcrError } from "../errors.js";

/** Time, as a dependency, so that tests can replace it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `run` once, after `ms` milliseconds. Returns a function that cancels this. */
  timer(run: () => void, ms: number): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  timer: (run, ms) => {
    const handle = setTimeout(run, ms);
    return () => clearTimeout(handle);
  },
};

/** Waits; rejects with `ABORTED` when the signal is aborted. */
export function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      cancel();
      reject(aborted(signal));
    };
    const cancel = clock.timer(() => {
      signal.removeEventListener("abort", abort);
      resolve();
    }, ms);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
  });
}

/** The error of an operation that its caller aborted. */
export function aborted(signal: AbortSignal): AcrError {
  return new AcrError("ABORTED", "the operation was aborted", { cause: signal.reason });
}
