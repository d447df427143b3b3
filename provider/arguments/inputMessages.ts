import { asWritten, shortened } from "../oci/printable.js";
import { assetName } from "./assetSignature.js";
import { closestName } from "./closestName.js";

/**
 * A message that says what was expected, and what was given instead. Secrets are not shown: messages
 * appear in logs, and the engine cannot hide parts of them.
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

/**
 * The options of all Pulumi resources, which JavaScript programs sometimes pass as arguments by mistake.
 */
const RESOURCE_OPTIONS: readonly string[] = [
  "additionalSecretOutputs",
  "aliases",
  "deleteBeforeReplace",
  "deletedWith",
  "dependsOn",
  "ignoreChanges",
  "parent",
  "protect",
  "replaceOnChanges",
  "retainOnDelete",
];

/** The message for an argument that the resource does not have. */
export function strangeArgument(name: string, names: readonly string[]): string {
  return RESOURCE_OPTIONS.includes(name)
    ? "it is an option of the resource: give it in the third argument of the constructor"
    : unknownProperty(name, names);
}

/** The message for a property that does not exist: it is misspelt, or from a later version. */
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
  if (typeof value !== "object") return `a ${typeof value}`;
  const asset = assetName(value);
  return asset === undefined ? "an object" : `a Pulumi ${asset}`;
}
