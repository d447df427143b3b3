import { type NamedAttributes, namesOf, without } from "../artifact/lock.js";
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
  const free = locksOfArtifacts(host, urn, base, subject).reduce(without, attributes);
  return host.locks.free(referenceTo(base, subject), free, urn);
}

/**
 * The values to put back one day of attributes that are found now: what an artifact of the program
 * closed was open before, and is that artifact's to open again.
 */
export function foundBeforeUs(
  host: Host,
  base: string,
  subject: ManifestReference,
  live: NamedAttributes,
): NamedAttributes {
  const locks = locksOfArtifacts(host, undefined, base, subject);
  const isOurs = (name: keyof NamedAttributes): boolean =>
    live[name] === false && locks.some((lock) => lock[name] === false);
  const before: NamedAttributes = Object.fromEntries(
    namesOf(live).map((name) => [name, isOurs(name) ? true : live[name]]),
  );
  return host.locks.previousOf(referenceTo(base, subject), before);
}

/** What artifacts of the program, but for the one named, lock the tag or manifest with. */
function locksOfArtifacts(
  host: Host,
  urn: string | undefined,
  base: string,
  subject: ManifestReference,
): readonly NamedAttributes[] {
  return host.ownership
    .declaredElsewhere(urn, base)
    .filter(({ digest, tags }) => digest === subject || subject in tags)
    .map(({ lock = {} }) => lock);
}

export function referenceTo(base: string, subject: ManifestReference): string {
  return `${base}${isDigest(subject) ? "@" : ":"}${subject}`;
}
