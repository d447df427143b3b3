/**
 * Stands for a value that is not known yet, at any depth, whatever its type. The same constant is
 * `pulumi.runtime.unknownValue`; the engine sends it to `check` and `diff` during a preview.
 */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export function isUnknown(value: unknown): boolean {
  return value === UNKNOWN;
}

/** Tells whether anything inside is not known yet. */
export function containsUnknown(value: unknown): boolean {
  if (isUnknown(value)) return true;
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some(containsUnknown);
}
