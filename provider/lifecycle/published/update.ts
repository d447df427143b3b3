import {
  closedByUs,
  readTagAttributes,
  refuseForeignLock,
  whereSupported,
} from "../../artifact/lock.js";
import type { Pushable } from "../../artifact/pushable.js";
import { resolveTags } from "../../artifact/tags.js";
import type { Digest } from "../../oci/digest.js";
import type { Tag } from "../../oci/reference.js";
import type { Attributes } from "../../registry/attributes.js";
import { PartialFailure } from "../failures.js";
import type { Host } from "../host.js";
import type { PropertyBag } from "../lifecycle.js";
import type { Operation } from "../operation.js";
import { findChanges, isEmpty } from "./changes.js";
import type { ContentKind } from "./contentKind.js";
import { decideTags } from "./decideTags.js";
import { dropTags } from "./dropTags.js";
import type { ArtifactInputs } from "./inputs.js";
import { referenceTo } from "../sharedLocks.js";
import { type UploadReport, withUploadReport } from "../uploadReport.js";
import { type LeftOpen, type Listing, listingOf, Publication } from "./publication.js";
import { giveTags, type Release, unlock } from "./releaseLocks.js";
import { repositoryToWrite } from "./repositoryToWrite.js";
import { isMissing, listIncluded, ownContent, sendMissing, withoutLost } from "./restore.js";
import * as artifact from "./state.js";
import { refuseChangedAgain } from "./changedAgain.js";

interface Update extends Release {
  readonly content: ContentKind;
  readonly report: UploadReport;
}

/**
 * Changes tags, locks and missing blobs from the state to the declaration, and touches nothing else: if
 * nothing differs, no request is made. It can be repeated after a partial failure.
 */
export async function updateArtifact(
  content: ContentKind,
  host: Host,
  id: string,
  { olds, news }: { readonly olds: PropertyBag; readonly news: PropertyBag },
  operation: Operation,
): Promise<PropertyBag> {
  const state = artifact.asState(olds);
  const found = Object.fromEntries(content.found.map((name) => [name, olds[name]]));
  const inputs = artifact.asInputs({ ...news, ...found });
  const base = artifact.baseOf(inputs);
  const changes = findChanges(state, inputs, (subject) =>
    host.locks.wasOpened(referenceTo(base, subject)),
  );
  const settled = isEmpty(changes)
    ? inputs
    : await withUploadReport(operation.log, (report) => {
        const repository = repositoryToWrite(host, news);
        const facts = { content, host, state, inputs, changes, repository, operation, report };
        return change(id, facts, news);
      });
  return artifact.asBag(artifact.outputsOf(settled, artifact.settledView(settled)));
}

/** Returns the inputs with what was found out about the content. */
async function change(id: string, update: Update, news: PropertyBag): Promise<ArtifactInputs> {
  const { state, inputs, report } = update;
  report.phase("checking what exists");
  const found = await resolveTags(update.repository, update.changes.addedTags, update.operation);
  const content = await contentOf(update, news);
  const publication = await plan(update, content, found);
  await publication.refuseForeignLocks();
  await refuseChangedAgain(update);
  await refuseForeignLocksOnDropped(update);
  try {
    await publication.publish(await restore(update, content));
    await release(update, publication);
    report.phase("published");
    const { repository, changes, operation } = update;
    return await withoutLost(repository, inputs, content, changes, operation);
  } catch (error) {
    if (!publication.wrote) throw error;
    const unfinished = artifact.unfinishedOutputs(state, inputs, publication.view());
    const { formerLocks: __formerLocks } = publication;
    throw new PartialFailure(id, artifact.asBag({ ...unfinished, __formerLocks }), error);
  }
}

/** Removes what is no longer declared: locks and tags. */
async function release(update: Update, publication: Publication): Promise<void> {
  const { onReplace } = update.inputs;
  await unlock(update, publication);
  await giveTags(update, publication);
  const isLater = publication.wrote;
  const dropped = tagsToRemove(update);
  const tags = onReplace === "delete" ? dropped : await stillThere(update, dropped);
  if (onReplace === "delete") publication.giveUp(tags);
  await dropTags({ ...update, tags, onReplace, isLater });
}

/** The tags among these that still exist. After a failed run, the state does not know this for some. */
async function stillThere(update: Update, tags: readonly Tag[]): Promise<readonly Tag[]> {
  const { state, repository, operation } = update;
  const unsure = tags.filter((tag) => !artifact.tagsOf(state).includes(tag));
  const live = await resolveTags(repository, unsure, operation);
  return tags.filter((tag) => !unsure.includes(tag) || live.get(tag) === state.digest);
}

/** Decides what to do with the tags to be put. Throws for a conflict. */
async function plan(
  update: Update,
  content: Pushable,
  found: ReadonlyMap<Tag, Digest>,
): Promise<Publication> {
  const { host, state, inputs, changes, repository, operation, report } = update;
  const wanted = {
    repository,
    base: artifact.baseOf(inputs),
    digest: inputs.digest,
    tags: changes.addedTags,
    live: found,
    owned: artifact.claimOfState(state),
    policy: inputs.onTagConflict,
    setting: "onTagConflict" as const,
  };
  const decision = await decideTags(host, wanted, operation);
  const leftOpen = movedBefore(update, decision.live);
  return new Publication({
    ...decision,
    leftOpen,
    host,
    inputs,
    repository,
    content,
    operation,
    report,
    live: new Map<string, string>([
      ...artifact.tagsOf(state).map((tag) => [tag, inputs.digest] as const),
      ...decision.live,
      // Until they are closed again, the state goes on to say that they are to be moved.
      ...leftOpen.map(({ tag, from }) => [tag, from] as const),
    ]),
    // A tag that names our digest does not move; only one from a failed create may carry our lock.
    ownLocks: state.__formerLocks ?? [],
    lockSubjects: changes.lockSubjects,
  });
}

/** Tags that had a lock and name our digest although the state says otherwise. */
function movedBefore(
  { state, inputs, changes }: Update,
  live: ReadonlyMap<Tag, Digest>,
): readonly (LeftOpen & { readonly from: string })[] {
  return changes.addedTags.flatMap((tag) => {
    const from = state.tagDigests[tag];
    const own = state.__formerLocks?.find(({ digest }) => digest === from);
    if (from === undefined || own === undefined || live.get(tag) !== inputs.digest) return [];
    return [{ tag, from, lock: own.lock }];
  });
}

/** Only what is missing needs the content's source. */
async function contentOf(update: Update, news: PropertyBag): Promise<Pushable> {
  const { content, host, inputs, changes, repository, operation } = update;
  return isMissing(changes)
    ? ownContent(await content.pack(host, news, operation), inputs.included ?? [])
    : content.packAgain(host, news, repository, operation);
}

/** Sends what a refresh found missing. Returns whether the subject lists the manifest. */
async function restore(update: Update, content: Pushable): Promise<Listing> {
  const { inputs, changes, repository, operation, report } = update;
  await listIncluded(repository, inputs, changes.unlistedReferrers, operation);
  if (!isMissing(changes)) return changes.unlisted ? "unknown" : "listed";
  const isReferrer = inputs.subject !== undefined;
  const options = { signal: operation.signal, report, isReferrer };
  const pushed = await sendMissing(repository, content, changes, options);
  return pushed === undefined && !changes.unlisted ? "listed" : listingOf(inputs, pushed);
}

function tagsToRemove({ host, inputs, changes }: Update): readonly Tag[] {
  const elsewhere = host.ownership.declaredElsewhere(inputs.__urn, artifact.baseOf(inputs));
  return changes.droppedTags.filter((tag) => !elsewhere.some((claim) => tag in claim.tags));
}

/** Checks that tags to be removed are not locked by others. Nothing is written before. */
async function refuseForeignLocksOnDropped(update: Update): Promise<void> {
  const { host, state, inputs, repository, operation } = update;
  if (inputs.onReplace !== "delete") return;
  const tags = tagsToRemove(update);
  const read = readTagAttributes(repository.attributes, inputs.digest, tags, operation);
  for (const [tag, live] of await whereSupported(read, new Map<string, Attributes>())) {
    if (!tags.some((dropped) => dropped === tag)) continue;
    const ours = closedByUs(live, artifact.declaredOf(state).lock ?? {});
    const reference = `${artifact.baseOf(inputs)}:${tag}`;
    refuseForeignLock(reference, live, ours, { holderOf: (of) => host.locks.holderOf(of) });
  }
}
