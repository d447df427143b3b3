import { linkedSignal } from "../concurrency/linkedSignal.js";
import { type Clock, sleep } from "./clock.js";

/**
 * How long the first request after a pause may take (it may be a large upload) before another one tries,
 * too.
 */
const PROBE_MS = 30_000;

/**
 * The pause of a whole registry. After a 429, nothing is sent until the pause is over. Then a single
 * request goes first, and the others follow only when it succeeds. So an overloaded registry gets one
 * request per pause instead of all of them.
 */
export class ThrottleGate {
  #closed = false;
  #until = 0;
  #refusals = 0;
  /** Until when only the first request may be sent. */
  #probingUntil = 0;
  #changed = new AbortController();

  /** Consecutive refusals, by which the back-off grows if there is no `Retry-After`. */
  get refusals(): number {
    return this.#refusals;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /**
   * Waits until requests may be sent. `first`: only this one, as a test. `late`: the deadline passed.
   */
  async pass(
    clock: Clock,
    deadline: number,
    signal: AbortSignal,
  ): Promise<"free" | "first" | "late"> {
    while (this.#closed) {
      const now = clock.now();
      const free = Math.max(this.#until, this.#probingUntil);
      if (now >= free) {
        this.#probingUntil = now + PROBE_MS;
        return "first";
      }
      if (now >= deadline) return "late";
      await this.#wait(clock, Math.min(free, deadline) - now, signal);
    }
    return "free";
  }

  /** The registry refused a request: close for `waitMs`. */
  refuse(clock: Clock, waitMs: number): void {
    if (!this.#closed || clock.now() >= this.#until) this.#refusals += 1;
    this.#closed = true;
    this.#probingUntil = 0;
    this.#until = Math.max(this.#until, clock.now() + waitMs);
    this.#notify();
  }

  /** The registry answered a request: open, if the pause is over. */
  admit(clock: Clock): void {
    // Requests sent before the pause may still succeed during it; the pause continues.
    if (!this.#closed || clock.now() < this.#until) return;
    this.#closed = false;
    this.#probingUntil = 0;
    this.#refusals = 0;
    this.#notify();
  }

  /** The first request ended without an answer: let another one go first. */
  leave(): void {
    this.#probingUntil = 0;
    this.#notify();
  }

  #notify(): void {
    const changed = this.#changed;
    this.#changed = new AbortController();
    changed.abort();
  }

  async #wait(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
    const changed = this.#changed.signal;
    const either = linkedSignal(signal, changed);
    try {
      await sleep(clock, ms, either.signal);
    } catch (error) {
      if (signal.aborted) throw error;
    } finally {
      either.unlink();
    }
  }
}

const gates = new Map<string, { readonly gate: ThrottleGate; users: number }>();

/** The gate of a registry, shared by the whole process and kept as long as it is used. */
export function shareGate(loginServer: string): { gate: ThrottleGate; release: () => void } {
  const shared = gates.get(loginServer) ?? { gate: new ThrottleGate(), users: 0 };
  gates.set(loginServer, shared);
  shared.users += 1;
  let held = true;
  const release = (): void => {
    if (held) shared.users -= 1;
    held = false;
    if (shared.users === 0 && gates.get(loginServer) === shared) gates.delete(loginServer);
  };
  return { gate: shared.gate, release };
}
