import { PackError, InputError, isAcrError, RegistryError } from "../errors.js";
import type { CheckFailure } from "../arguments/checkFailure.js";
import type { PropertyBag } from "./lifecycle.js";
import { withoutUndefined } from "./plain.js";

/** What `check` answers for an error that lies in the inputs; `undefined` for any other. */
export function asCheckFailure(error: unknown): CheckFailure | undefined {
  if (error instanceof InputError) return { property: error.property, reason: error.message };
  if (error instanceof PackError) {
    return { property: error.property ?? "layers", reason: error.message };
  }
  return undefined;
}

/**
 * A failure as the engine is told of it. Beside a property's path it prints that property's value:
 * `{<nil>}` for a path below the top, and otherwise all that is in it, secrets too. So the path is
 * given as such only where the reason shows the value anyway; else it stands in the reason.
 */
export function shownFailure(
  { property, reason }: CheckFailure,
  inputs: PropertyBag,
): CheckFailure {
  const value = JSON.stringify(inputs[property]) as string | undefined;
  if (property === "" || (value !== undefined && reason.includes(value)))
    return { property, reason };
  return { property: "", reason: `${property}: ${reason}` };
}

/**
 * Something was published before the operation failed. The engine then records the resource with
 * these properties and calls `update` at the next `up`; of the error it prints only the reasons.
 */
export class PartialFailure extends Error {
  readonly id: string;
  readonly properties: PropertyBag;
  readonly reasons: readonly string[];

  constructor(id: string, properties: PropertyBag, cause: unknown) {
    const reason = reasonOf(cause);
    super(reason, { cause });
    this.id = id;
    this.properties = withoutUndefined(properties);
    this.reasons = [reason];
  }
}

/** The registry took the request and said no; where it said nothing, it may have done it. */
export function isRefusal(error: unknown): boolean {
  if (!(error instanceof RegistryError)) return false;
  const { status = 0 } = error;
  return status >= 400 && status < 500;
}

export function reasonOf(error: unknown): string {
  if (isAcrError(error)) return `${error.message} [${error.code}]`;
  return error instanceof Error ? error.message : String(error);
}

/**
 * The error that leaves the provider. A foreign error may carry an `id`, which the host would take
 * for a half-made resource, so nothing but our own partial failure passes unchanged. The host prints
 * errors of check, diff, read and delete once more with their stack: both are kept short.
 */
export function outwardError(operation: string, error: unknown): Error {
  if (error instanceof PartialFailure) return error;
  const outward = new Error(reasonOf(error));
  outward.toString = () => `${operation} failed`;
  outward.stack = "the reason follows";
  return outward;
}
