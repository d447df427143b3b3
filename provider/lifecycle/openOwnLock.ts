import {
  closedByUs,
  namesOf,
  opened,
  whereSupported,
  writeAttributesIfThere,
} from "../artifact/lock.js";
import { isDigest } from "../oci/digest.js";
import type { ManifestReference } from "../oci/reference.js";
import type { Attributes } from "../registry/attributes.js";
import type { AttributeStore } from "../registry/repository.js";
import type { Host } from "./host.js";
import type { Operation } from "./operation.js";
import type { OwnLock } from "./ownership.js";
import { freeOfOthers, referenceTo } from "./sharedLocks.js";

/** What a resource may have locked. */
export interface LockedSubject {
  /** URN of the resource. */
  readonly urn: string | undefined;
  /** `<login server>/<repository>` */
  readonly base: string;
  readonly subject: ManifestReference;
}

/**
 * Opens what a resource closed with one of these locks, except for what another resource of the program
 * locks as well. A tag that names other content by now is not ours to open. Returns whether anything was
 * opened.
 */
export async function openOwnLock(
  host: Host,
  attributes: AttributeStore,
  { urn, base, subject }: LockedSubject,
  locks: readonly OwnLock[],
  operation: Operation,
): Promise<boolean> {
  const reading: Promise<{ readonly digest: string; readonly attributes: Attributes } | undefined> =
    isDigest(subject)
      ? attributes.manifest(subject, operation)
      : attributes.tag(subject, operation);
  const live = await whereSupported(reading, undefined);
  const own = locks.find(({ digest }) => digest === live?.digest);
  if (live === undefined || own === undefined) return false;
  const ours = closedByUs(live.attributes, own.lock);
  const free = freeOfOthers(host, urn, base, subject, ours);
  if (namesOf(free).length === 0) return false;
  host.locks.noteOpened(referenceTo(base, subject));
  await writeAttributesIfThere(attributes, subject, opened(free), operation);
  return true;
}
