import type { Clock } from "../../provider/http/clock.js";
import type { ClientManners } from "../../provider/arguments/sessions.js";
import type { Duration, Failure } from "./failures.js";
import { hastyClock } from "./hastyClock.js";

/** Waits of a second cost ten milliseconds. */
const SPEED = 100;
/** Longer than any pause of this machine, five seconds. */
const NO_SILENCE_MS = 500_000;

/** Two retries are enough for a lasting failure; a single one needs more on a busy machine. */
export function mannersFor(
  duration: Duration = "once",
  { idleTimeoutMs = NO_SILENCE_MS }: Pick<Failure, "idleTimeoutMs"> = {},
  // One client per registry, so that all share the pauses that it asks for.
  clock: Clock = hastyClock(SPEED),
): ClientManners {
  return {
    retry: {
      maxRetries: duration === "once" ? 5 : 2,
      baseDelayMs: 100,
      // Three seconds, so that a single failure is retried even on a busy machine.
      budgetMs: duration === "once" ? 300_000 : 3_000,
    },
    idleTimeoutMs,
    clock,
  };
}

/** Gives up soon after failures, but by the real clock, so that slow requests do not fail. */
export const IMPATIENT: ClientManners = { retry: { maxRetries: 1, baseDelayMs: 1, budgetMs: 50 } };
