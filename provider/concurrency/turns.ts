/** Runs one task per key at a time; first come, first served. */
export class Turns {
  readonly #last = new Map<string, Promise<void>>();

  async take<T>(key: string, task: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key) ?? Promise.resolve();
    const work = before.then(task);
    const done = work.then(
      () => undefined,
      () => undefined,
    );
    this.#last.set(key, done);
    try {
      return await work;
    } finally {
      if (this.#last.get(key) === done) this.#last.delete(key);
    }
  }
}
