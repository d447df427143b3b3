import { namesOf, whereSupported } from "../../artifact/lock.js";
import type { Tag } from "../../oci/reference.js";
import type { Repository } from "../../registry/repository.js";
import type { Host } from "../host.js";
import type { Operation } from "../operation.js";
import { openPassedTags, tagsGiven } from "../passedTags.js";
import { freeOfOthers, referenceTo } from "../sharedLocks.js";
import type { ArtifactChanges } from "./changes.js";
import type { ArtifactInputs } from "./inputs.js";
import { writeOwnAttributes } from "./ownAttributes.js";
import type { Publication } from "./publication.js";
import * as artifact from "./state.js";

/** What is known of an update that takes locks off. */
export interface Release {
  readonly host: Host;
  readonly state: artifact.ArtifactState;
  readonly inputs: ArtifactInputs;
  readonly changes: ArtifactChanges;
  readonly repository: Repository;
  readonly operation: Operation;
}

type Ledger = Pick<Publication, "noteWrite" | "giveUp">;

/** Opens what the artifact closed and locks no longer, but for what others hold. */
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
    const opened = writeOwnAttributes(repository, inputs, subject, free, operation);
    // Where there are no locks, none was ever put on: what was declared has failed, and is taken back.
    await whereSupported(opened, undefined);
  }
}

/** A tag that is dropped together with the lock is to be opened, too, unless it is another's by now. */
async function droppedAndStillOurs(release: Release): Promise<readonly Tag[]> {
  const { inputs, changes, repository, operation } = release;
  const found = await Promise.all(
    changes.droppedTags.map((tag) =>
      whereSupported(repository.attributes.tag(tag, operation), undefined),
    ),
  );
  return changes.droppedTags.filter((_tag, index) => found[index]?.digest === inputs.digest);
}

/** Of the dropped tags, those that another resource has from now on go to it without our lock. */
export async function giveTags(release: Release, ledger: Ledger): Promise<void> {
  const { host, state, inputs, changes, repository, operation } = release;
  const claim = artifact.claimOfState(state);
  const given = tagsGiven(host, inputs.__urn ?? "", claim, changes.droppedTags);
  const locked = given.filter(({ locks }) => locks.length > 0);
  ledger.giveUp(locked.map(({ tag }) => tag));
  await openPassedTags(host, repository.attributes, claim.repository, given, operation);
}
