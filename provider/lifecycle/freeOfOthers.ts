import { type NamedAttributes, without } from "../artifact/lock.js";
import { isDigest } from "../oci/digest.js";
import type { ManifestReference } from "../oci/reference.js";
import type { Host } from "./host.js";

/**
 * Of attributes that one resource closed, those that no other resource of the program declares for
 * the same tag or manifest: only these may be opened when the one goes.
 */
export function freeOfOthers(
  host: Host,
  urn: string | undefined,
  base: string,
  subject: ManifestReference,
  attributes: NamedAttributes,
): NamedAttributes {
  const reference = `${base}${isDigest(subject) ? "@" : ":"}${subject}`;
  const free = host.ownership
    .declaredElsewhere(urn, base)
    .filter(({ digest, tags }) => digest === subject || subject in tags)
    .reduce((rest, { lock = {} }) => without(rest, lock), attributes);
  return host.locks.free(reference, free, urn);
}
