import { asWritten, shortened } from "../oci/printable.js";
import { closestName } from "./closestName.js";

/**
 * Says what was expected in place of what. A secret is not shown: messages stand in logs, and the
 * engine does not know which part of them to hide.
 */
export function expected(
  what: string,
  options: { readonly secret?: boolean } = {},
): (issue: { readonly input?: unknown }) => string {
  return ({ input }) =>
    input === undefined
      ? `it is required: expected ${what}`
      : `expected ${what}, but got ${options.secret === true ? kindOf(input) : shown(input)}`;
}

/** A name that is not one of ours: misspelt, or of a later version. */
export function unknownProperty(name: string, names: readonly string[]): string {
  const meant = closestName(name, names);
  const guess = meant === undefined ? "" : `; did you mean ${JSON.stringify(meant)}?`;
  return `there is no property ${JSON.stringify(name)} here, only ${names.join(", ")}${guess}`;
}

function shown(value: unknown): string {
  if (typeof value === "object" && value !== null) return kindOf(value);
  return typeof value === "string" ? asWritten(value) : shortened(String(value));
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
