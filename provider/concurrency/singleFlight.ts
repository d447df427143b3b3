/**
 * One run per key at a time: whoever asks while it is under way gets its result. Nothing is kept
 * afterwards, failures included, so that the next one to ask starts anew.
 */
export class SingleFlight<T> {
  readonly #running = new Map<string, Promise<T>>();

  run(key: string, start: () => Promise<T>): Promise<T> {
    const running = this.#running.get(key);
    if (running !== undefined) return running;
    // Deferred, so that a `start` that throws at once is a rejection like any other.
    const flight = Promise.resolve()
      .then(start)
      .finally(() => this.#running.delete(key));
    this.#running.set(key, flight);
    return flight;
  }
}

/** Stops waiting when the signal is aborted; what is waited for goes on for the others. */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
