import type { Annotations } from "../../oci/descriptor.js";
import { checkAnnotations } from "../packAnnotations.js";
import type { ContentContext } from "./contentKind.js";

/**
 * The annotations of a kind, overridden by those written beside the content; `undefined` if there is
 * none.
 */
export function allAnnotations(
  derived: Annotations,
  { annotations }: ContentContext,
): Annotations | undefined {
  return checkAnnotations({ ...derived, ...annotations }, "annotations");
}
