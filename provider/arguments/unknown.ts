/**
 * Stands for a value of any type that is not known yet, also within other values. It equals
 * `pulumi.runtime.unknownValue`; the engine sends it to `check` and `diff` during a preview.
 */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export function isUnknown(value: unknown): boolean {
  return value === UNKNOWN;
}

/** Tells whether the value is, or contains, one that is not known yet. */
export function containsUnknown(value: unknown): boolean {
  if (isUnknown(value)) return true;
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some(containsUnknown);
}
