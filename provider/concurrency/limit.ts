/** Runs a task when a slot is free; first come, first served. */
export type Limit = <T>(task: () => Promise<T>) => Promise<T>;

/** Runs at most `size` tasks at the same time. */
export function limit(size: number): Limit {
  const queue = new Slots(size);
  return async (task) => {
    const release = await queue.take();
    try {
      return await task();
    } finally {
      release();
    }
  };
}

/** The slots of a limit, for work that does not end in the function that starts it. */
export class Slots {
  readonly #waiting = new Set<() => void>();
  #free: number;

  constructor(size: number) {
    if (!Number.isInteger(size) || size < 1) {
      throw new RangeError(`a limit must be a whole number of at least 1, not ${size}`);
    }
    this.#free = size;
  }

  /** Waits for a slot. Returns a function that frees it; calling it twice does no harm. */
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
