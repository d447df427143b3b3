/** Runs a task when one of the places is free; first come, first served. */
export type Limit = <T>(task: () => Promise<T>) => Promise<T>;

/** At most `places` tasks at the same time. */
export function limit(places: number): Limit {
  const queue = new Places(places);
  return async (task) => {
    const release = await queue.take();
    try {
      return await task();
    } finally {
      release();
    }
  };
}

/** The places themselves, for work that ends elsewhere than where it began. */
export class Places {
  readonly #waiting = new Set<() => void>();
  #free: number;

  constructor(places: number) {
    if (!Number.isInteger(places) || places < 1) {
      throw new RangeError(`a limit must be a whole number of at least 1, not ${places}`);
    }
    this.#free = places;
  }

  /** Waits for a place and answers how to give it back; giving back twice does nothing. */
  async take(signal?: AbortSignal): Promise<() => void> {
    signal?.throwIfAborted();
    if (this.#free > 0) this.#free -= 1;
    else await this.#turn(signal);
    let held = true;
    return () => {
      if (held) this.#giveBack();
      held = false;
    };
  }

  #turn(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const go = (): void => {
        signal?.removeEventListener("abort", abort);
        resolve();
      };
      const abort = (): void => {
        this.#waiting.delete(go);
        reject(signal?.reason as Error);
      };
      signal?.addEventListener("abort", abort, { once: true });
      this.#waiting.add(go);
    });
  }

  #giveBack(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#free += 1;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}
