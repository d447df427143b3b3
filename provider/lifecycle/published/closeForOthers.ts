import { type NamedAttributes, namesOf, without } from "../../artifact/lock.js";
import type { Tag } from "../../oci/reference.js";
import type { AttributeStore } from "../../registry/repository.js";
import type { Host } from "../host.js";
import type { Operation } from "../operation.js";
import { freeOfOthers, referenceTo } from "../sharedLocks.js";

/** A tag that had to be opened to be moved. */
export interface OpenedTag {
  readonly host: Host;
  /** Who moves it. */
  readonly urn: string | undefined;
  /** `<login server>/<repository>` */
  readonly base: string;
  readonly tag: Tag;
}

/**
 * What was opened to move a tag, and is not closed again by who moved it, another resource may lock as well. Of
 * one that nobody has heard of yet, it is noted that it is open.
 */
export async function closeForOthers(
  attributes: AttributeStore,
  opened: OpenedTag,
  closed: NamedAttributes,
  operation: Operation,
): Promise<void> {
  if (namesOf(closed).length === 0) return;
  const { host, urn, base, tag } = opened;
  const held = without(closed, freeOfOthers(host, urn, base, tag, closed));
  const theirs = undisputed(opened, held);
  if (namesOf(theirs).length === 0) host.locks.noteOpened(referenceTo(base, tag));
  else await attributes.updateTag(tag, theirs, operation);
}

/** Whoever holds an attribute may hold it open. */
function undisputed({ host, urn, base, tag }: OpenedTag, closed: NamedAttributes): NamedAttributes {
  const reference = referenceTo(base, tag);
  const names = namesOf(closed).filter(
    (name) => host.locks.rival(urn ?? "", reference, { [name]: closed[name] }) === undefined,
  );
  return Object.fromEntries(names.map((name) => [name, closed[name]]));
}
