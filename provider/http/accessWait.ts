import { RegistryError } from "../errors.js";
import type { Clock } from "./clock.js";
import { TransientFailure } from "./failure.js";
import { isFirewall } from "./responseError.js";

/**
 * A registry made a moment ago may have a name that does not resolve yet, and role assignments that do
 * not work yet. On exactly these failures, and for a limited time after the first, it is worth to wait.
 */
export class AccessWait {
  readonly #clock: Clock;
  readonly #waitMs: number;
  #since: number | undefined;

  constructor(clock: Clock, waitSeconds: number) {
    this.#clock = clock;
    this.#waitMs = waitSeconds * 1000;
  }

  /**
   * Whether to try again after this failure. A refusal that the request's sender has a plan for says
   * nothing about what is to come: it does not start the time either.
   */
  allows(failure: unknown, request: { readonly waitForAccess: boolean }): boolean {
    if (this.#waitMs <= 0) return false;
    if (!isUnresolved(failure) && !(request.waitForAccess && isRefusal(failure))) return false;
    this.#since ??= this.#clock.now();
    return this.#clock.now() - this.#since < this.#waitMs;
  }
}

function isUnresolved(failure: unknown): boolean {
  return failure instanceof TransientFailure && failure.unresolved;
}

function isRefusal(failure: unknown): boolean {
  if (!(failure instanceof RegistryError)) return false;
  const { code, status, diagnostics } = failure;
  if (isFirewall(status, diagnostics)) return false;
  return (status === 401 || status === 403) && (code === "UNAUTHORIZED" || code === "DENIED");
}
