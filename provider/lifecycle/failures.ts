import { PackError, InputError, isAcrError, RegistryError } from "../errors.js";
import type { CheckFailure } from "../arguments/checkFailure.js";
import type { PropertyBag } from "./lifecycle.js";
import { withoutUndefined } from "./plain.js";

/** The `check` failure for an error in the inputs; `undefined` for any other error. */
export function asCheckFailure(error: unknown): CheckFailure | undefined {
  if (error instanceof InputError) return { property: error.property, reason: error.message };
  if (error instanceof PackError) {
    return { property: error.property ?? "layers", reason: error.message };
  }
  return undefined;
}

/**
 * The failure in the form for the engine, which prints the value of the property at the given path:
 * `{<nil>}` for a path below the top level, and otherwise the whole value, including secrets. So the path
 * is only passed on if the message shows the value anyway; otherwise it becomes part of the message.
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
 * The operation failed after something was published. The engine records the resource with these
 * properties and calls `update` at the next `up`. It prints only the reasons.
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

/** Whether the registry refused the request. Without an answer, the request may have taken effect. */
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
 * The error as it leaves the provider. A foreign error with an `id` would look to the host like a
 * partially created resource, so only our own partial failures pass unchanged. The host prints errors of
 * check, diff, read and delete again with their stack, so message and stack are kept short.
 */
export function outwardError(operation: string, error: unknown): Error {
  if (error instanceof PartialFailure) return error;
  const outward = new Error(reasonOf(error));
  outward.toString = () => `${operation} failed`;
  outward.stack = "the reason follows";
  return outward;
}
