import type { Clock } from "../../provider/http/clock.js";
import type { ClientManners } from "../../provider/arguments/sessions.js";
import type { Duration, Failure } from "./failures.js";
import { hastyClock } from "./hastyClock.js";

/** Waits of a second cost ten milliseconds. */
const SPEED = 100;
/** Longer than any pause of this machine, five seconds. */
const NO_SILENCE_MS = 500_000;

/** Of a lasting failure two repetitions tell all; beside a single one, a busy machine may cause others. */
export function mannersFor(
  duration: Duration = "once",
  { idleTimeoutMs = NO_SILENCE_MS }: Pick<Failure, "idleTimeoutMs"> = {},
  // One for all that meet at a registry, who share the pauses that it asks for.
  clock: Clock = hastyClock(SPEED),
): ClientManners {
  return {
    retry: {
      maxRetries: duration === "once" ? 5 : 2,
      baseDelayMs: 100,
      // A single failure is made up for, however busy the machine: three seconds of it.
      budgetMs: duration === "once" ? 300_000 : 3_000,
    },
    idleTimeoutMs,
    clock,
  };
}

/** Little patience with what fails, by the machine's own clock: nothing that takes long seems to. */
export const IMPATIENT: ClientManners = { retry: { maxRetries: 1, baseDelayMs: 1, budgetMs: 50 } };
