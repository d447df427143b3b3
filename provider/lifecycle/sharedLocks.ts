import { type NamedAttributes, namesOf, without } from "../artifact/lock.js";
import { isDigest } from "../oci/digest.js";
import type { ManifestReference } from "../oci/reference.js";
import type { Host } from "./host.js";

/**
 * The attributes, among those that one resource locked, that no other resource of the program locks on
 * the same tag or manifest: only these may be opened when the resource is deleted.
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
 * The values to restore later for attributes found now. What an artifact of the program locked was open
 * before, and is opened by that artifact.
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

/** The locks of all artifacts of the program, except for the given one, on the tag or manifest. */
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
