import { linkedSignal } from "../concurrency/linkedSignal.js";
import { type Clock, sleep } from "./clock.js";

/** So long the first one may take, which may be a large upload, before another one asks too. */
const PROBE_MS = 30_000;

/**
 * The pause of a whole registry. After a 429 nothing is sent until its time is over; then one request
 * goes first, and only when it is served do the others follow. So a registry under load sees one
 * request per pause, not all of them.
 */
export class ThrottleGate {
  #closed = false;
  #until = 0;
  #refusals = 0;
  /** Until when the first one has the way for itself. */
  #probingUntil = 0;
  #changed = new AbortController();

  /** Consecutive refusals so far: what a back-off without `Retry-After` grows with. */
  get refusals(): number {
    return this.#refusals;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** Waits until the way is free. `first`: alone, to see whether the registry serves again. */
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

  /** The registry refused: close for so long. */
  refuse(clock: Clock, waitMs: number): void {
    if (!this.#closed || clock.now() >= this.#until) this.#refusals += 1;
    this.#closed = true;
    this.#probingUntil = 0;
    this.#until = Math.max(this.#until, clock.now() + waitMs);
    this.#notify();
  }

  /** The registry served a request. */
  admit(clock: Clock): void {
    // Requests that were under way when it closed may still be served; the pause stands.
    if (!this.#closed || clock.now() < this.#until) return;
    this.#closed = false;
    this.#probingUntil = 0;
    this.#refusals = 0;
    this.#notify();
  }

  /** A request ended without an answer; if it was the first one, another takes its place. */
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

/** The gate of a registry, one for the whole process; kept as long as somebody uses it. */
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
