import type { Clock } from "../../../provider/http/clock.js";

/** A clock that advances as soon as there is nothing else to do. */
export class VirtualClock implements Clock {
  /** The requested waits, in milliseconds. */
  readonly waits: number[] = [];
  readonly #timers = new Set<{ readonly at: number; readonly run: () => void }>();
  #now: number;
  #scheduled = false;

  constructor(start = Date.parse("2026-01-01T00:00:00Z")) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  advance(ms: number): void {
    this.#now += ms;
  }

  timer(run: () => void, ms: number): () => void {
    const timer = { at: this.#now + ms, run };
    this.waits.push(ms);
    this.#timers.add(timer);
    this.#schedule();
    return () => this.#timers.delete(timer);
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      const [next] = [...this.#timers].sort((a, b) => a.at - b.at);
      if (next === undefined) return;
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
      this.#schedule();
    });
  }
}
