import { InputError } from "../errors.js";
import type { Annotations } from "../oci/descriptor.js";

const LONE_SURROGATE = /\p{Surrogate}/u;
const CREATED = "org.opencontainers.image.created";
/** RFC 3339, section 5.6, as image-spec's annotations.md requires. */
const DATE_TIME =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[Tt](?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/**
 * Checks that annotations are a map of strings (image-spec, annotations.md, "Rules"). `undefined` if
 * empty.
 */
export function checkAnnotations(
  annotations: Annotations | undefined,
  property: string,
): Annotations | undefined {
  const entries = Object.entries(annotations ?? {});
  for (const [key, value] of entries as [string, unknown][]) {
    const at = `${property}[${JSON.stringify(key)}]`;
    if (key === "") throw new InputError(at, "the key of an annotation is empty");
    if (typeof value !== "string") {
      throw new InputError(at, `the annotation is ${JSON.stringify(value)}, expected a string`);
    }
    if (LONE_SURROGATE.test(key) || LONE_SURROGATE.test(value)) {
      throw new InputError(at, "the annotation is not well-formed Unicode");
    }
    if (key === CREATED) checkTime(value, at);
  }
  return entries.length === 0 ? undefined : annotations;
}

/** Checks for a time in the format of RFC 3339. */
export function checkTime(time: string, property: string): void {
  if (DATE_TIME.test(time)) return;
  throw new InputError(
    property,
    `${JSON.stringify(time)} is not an RFC 3339 time, for example "2000-01-01T00:00:00Z"`,
  );
}
