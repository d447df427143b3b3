/**
 * Runs at most one task per key: callers that come while it runs share its result. Results and failures
 * are not kept, so the next caller starts a new run.
 */
export class SingleFlight<T> {
  readonly #running = new Map<string, Promise<T>>();

  run(key: string, start: () => Promise<T>): Promise<T> {
    const running = this.#running.get(key);
    if (running !== undefined) return running;
    // Deferred, so that a `start` that throws synchronously also rejects the promise.
    const flight = Promise.resolve()
      .then(start)
      .finally(() => this.#running.delete(key));
    this.#running.set(key, flight);
    return flight;
  }
}

/** Stops waiting when the signal is aborted. The work itself continues for other callers. */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
