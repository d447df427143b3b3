import {
  closedBy,
  namesOf,
  whereSupported,
  without,
  writeAttributesIfThere,
} from "../../artifact/lock.js";
import type { Tag } from "../../oci/reference.js";
import type { Repository } from "../../registry/repository.js";
import type { Host } from "../host.js";
import type { Operation } from "../operation.js";
import { openOwnLock } from "../openOwnLock.js";
import { openPassedTags, tagsGiven } from "../passedTags.js";
import { freeOfOthers, referenceTo } from "../sharedLocks.js";
import type { ArtifactChanges } from "./changes.js";
import type { ArtifactInputs } from "./inputs.js";
import { writeOwnAttributes } from "./ownAttributes.js";
import type { Publication } from "./publication.js";
import * as artifact from "./state.js";

/** The data of an update that removes locks. */
export interface Release {
  readonly host: Host;
  readonly state: artifact.ArtifactState;
  readonly inputs: ArtifactInputs;
  readonly changes: ArtifactChanges;
  readonly repository: Repository;
  readonly operation: Operation;
}

type Ledger = Pick<Publication, "noteWrite" | "giveUp">;

/** Opens what the artifact locked and no longer locks, unless other resources lock it. */
export async function unlock(release: Release, ledger: Ledger): Promise<void> {
  const { host, inputs, changes, repository, operation } = release;
  if (namesOf(changes.unlock).length === 0) return;
  const dropped = await droppedAndStillOurs(release);
  const base = artifact.baseOf(inputs);
  for (const subject of [...artifact.tagsOf(inputs), ...dropped, inputs.digest]) {
    const free = freeOfOthers(host, inputs.__urn, base, subject, changes.unlock);
    if (namesOf(free).length === 0) continue;
    host.locks.noteOpened(referenceTo(base, subject));
    ledger.noteWrite();
    const writing = dropped.some((tag) => tag === subject)
      ? writeAttributesIfThere(repository.attributes, subject, free, operation)
      : writeOwnAttributes(repository, inputs, subject, free, operation);
    // A registry without locks never had one: setting the declared lock had failed, and the declaration
    // was removed.
    await whereSupported(writing, undefined);
  }
}

/** Tags that are dropped together with the lock and still ours, whose lock must be opened, too. */
async function droppedAndStillOurs(release: Release): Promise<readonly Tag[]> {
  const { inputs, changes, repository, operation } = release;
  const found = await Promise.all(
    changes.droppedTags.map((tag) =>
      whereSupported(repository.attributes.tag(tag, operation), undefined),
    ),
  );
  return changes.droppedTags.filter((_tag, index) => found[index]?.digest === inputs.digest);
}

/** Passes the dropped tags that another resource declares to it, without our lock. */
export async function giveTags(release: Release, ledger: Ledger): Promise<void> {
  const { host, state, inputs, changes, repository, operation } = release;
  const claim = artifact.claimOfState(state);
  const given = tagsGiven(host, inputs.__urn ?? "", claim, changes.droppedTags);
  const locked = given.filter(({ locks }) => locks.length > 0);
  ledger.giveUp(locked.map(({ tag }) => tag));
  await openPassedTags(host, repository.attributes, claim.repository, given, operation);
}

/**
 * With `--replace` and `replaceOnChanges`, the replacement may have the same content with a smaller lock,
 * and its create did not know the old one. Returns whether anything was opened.
 */
export async function openUndeclared(
  host: Host,
  urn: string,
  state: artifact.ArtifactState,
  operation: Operation,
): Promise<boolean> {
  const { tags, lock = {} } = artifact.declaredOf(state);
  const undeclared = without(closedBy(lock), host.ownership.declaredBy(urn)?.lock ?? {});
  if (namesOf(undeclared).length === 0) return false;
  const { attributes: store } = host.registry({ ...state }).repository(state.repository);
  const base = artifact.baseOf(state);
  const locks = [{ digest: state.digest, lock: undeclared }];
  let opens = false;
  for (const subject of [...tags, state.digest]) {
    const locked = { urn, base, subject };
    opens = (await openOwnLock(host, store, locked, locks, operation)) || opens;
  }
  return opens;
}
