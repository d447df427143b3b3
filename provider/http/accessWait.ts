import { RegistryError } from "../errors.js";
import type { Clock } from "./clock.js";
import { TransientFailure } from "./failure.js";
import { isFirewall } from "./responseError.js";

/**
 * Decides whether to wait for access. The name of a new registry may not resolve yet, and new role
 * assignments may not be in effect yet. Only such failures are waited for, and only for a limited time
 * after the first one.
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
   * Whether to try again after this failure. If the request does not wait for access, its failure is
   * ignored: it does not start the time limit, either.
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
