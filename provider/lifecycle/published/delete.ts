import type { RemovalOutcome } from "../../artifact/removal.js";
import { removeArtifact } from "../../artifact/remove.js";
import { readLinks } from "../../artifact/retention/links.js";
import { reasonOf } from "../failures.js";
import type { Digest } from "../../oci/digest.js";
import { freeOfOthers } from "../sharedLocks.js";
import type { Host } from "../host.js";
import { whenUnlocked } from "../whenUnlocked.js";
import type { PropertyBag } from "../lifecycle.js";
import type { Operation } from "../operation.js";
import type { DeleteReason } from "../ownership.js";
import { openPassedTags, tagsGiven } from "../passedTags.js";
import { dropTags } from "./dropTags.js";
import type { DeletePolicy } from "./inputs.js";
import { openUndeclared } from "./releaseLocks.js";
import { asBag, asState, type ArtifactState, baseOf, claimOfState, declaredOf } from "./state.js";

/**
 * Removes what the state owns and nobody else declares or uses. A delete that belongs to a replacement
 * follows `onReplace`, any other `onDelete`.
 */
export async function deleteArtifact(
  host: Host,
  id: string,
  bag: PropertyBag,
  operation: Operation,
): Promise<void> {
  const state = asState(bag);
  const urn = host.ownership.currentUrn(state.__urn, id);
  const reason = host.ownership.reasonToDelete(urn, claimOfState(state));
  const gave = await giveTags(host, urn, state, operation);
  if (reason === "still-declared") return dropUndeclared(host, urn, state, gave, operation);
  const policy = reason === "removal" ? onDelete(state) : onReplace(host, urn, state);
  if (policy === "retain") {
    const setting = reason === "removal" ? "onDelete" : "onReplace";
    operation.log.info(`${id} stays published (${setting}: "retain")`);
    return;
  }
  const subject = await subjectOf(host, urn, state, policy, operation);
  let isLater = gave;
  const attempt = async (current: Operation): Promise<RemovalOutcome> => {
    const manner = { policy, subject, isLater };
    const outcome = await whenUnlocked(host, current, () =>
      removeAndRelease(host, urn, state, manner, current),
    );
    isLater ||= outcome.removedTags.length > 0;
    return outcome;
  };
  const reference = referenceTo(state, state.digest);
  const pause = (): Promise<void> => host.pause(operation);
  const outcome = await host.waitingRemovals.attempt(reference, attempt, operation, pause);
  const { kept, waits, remainingTags = [], keptIncluded } = outcome;
  if (keptIncluded !== undefined) tellIncluded(state, keptIncluded, reason, operation);
  if (kept === undefined) return;
  const message = `${id} stays: ${kept}${waits === true ? UNTIL_THEN : ""}${remainingTags.length === 0 ? "" : WITH_ITS_TAGS}`;
  if (isDeclaredElsewhere(host, urn, state)) operation.log.info(message);
  else operation.log.warn(message);
}

/**
 * With `--replace`, the replacement may have the same content with a smaller lock or fewer tags, and its
 * create did not know the old ones.
 */
async function dropUndeclared(
  host: Host,
  urn: string,
  state: ArtifactState,
  gave: boolean,
  operation: Operation,
): Promise<void> {
  const isLater = (await openUndeclared(host, urn, state, operation)) || gave;
  const declared = host.ownership.declaredBy(urn);
  const claims = host.ownership.declaredElsewhere(urn, baseOf(state));
  const kept = [declared, ...claims].flatMap((claim) => Object.keys(claim?.tags ?? {}));
  const tags = declaredOf(state).tags.filter((tag) => !kept.includes(tag));
  const repository = host.registry({ ...state }).repository(state.repository);
  const { onReplace } = declared ?? state;
  await dropTags({ host, state, tags, onReplace, repository, isLater, operation });
}

/**
 * Passes tags to another resource that declares them from now on, without our lock, whatever happens to
 * the rest. Returns whether a lock was opened.
 */
function giveTags(
  host: Host,
  urn: string,
  state: ArtifactState,
  operation: Operation,
): Promise<boolean> {
  const claim = claimOfState(state);
  const given = tagsGiven(host, urn, claim, declaredOf(state).tags);
  const { attributes } = host.registry({ ...state }).repository(state.repository);
  return openPassedTags(host, attributes, claim.repository, given, operation);
}

/** Warns about manifests that stay, but not after a replacement, whose new version may refer to them. */
function tellIncluded(
  state: ArtifactState,
  kept: ReadonlyMap<Digest, string>,
  reason: DeleteReason,
  { log }: Operation,
): void {
  const shown = [...kept].slice(0, 5).map(([digest, why]) => `${digest} (${why})`);
  const more = kept.size > shown.length ? ` and ${kept.size - shown.length} more` : "";
  const message = `${baseOf(state)}: what was published with it stays: ${shown.join("; ")}${more}`;
  if (reason === "replacement") log.info(message);
  else log.warn(message);
}

const UNTIL_THEN = "; if this run deletes that too, it is removed then";
const WITH_ITS_TAGS = ", with our tags: this registry cannot remove a tag alone";

/** Whether another resource declares it, so that it stays as intended and needs no warning. */
function isDeclaredElsewhere(host: Host, urn: string, state: ArtifactState): boolean {
  const claims = host.ownership.declaredElsewhere(urn, baseOf(state));
  return claims.some(({ digest }) => digest === state.digest);
}

function onDelete(state: ArtifactState): DeletePolicy {
  return state.onDelete ?? "delete";
}

/** The policy that the program declares now, not the one from when the old version was published. */
function onReplace(host: Host, urn: string, state: ArtifactState): DeletePolicy {
  return (host.ownership.declaredBy(urn) ?? state).onReplace ?? "retain";
}

interface Manner {
  readonly policy: DeletePolicy;
  /** The subject of the manifest. */
  readonly subject: Digest | undefined;
  /** Whether something was changed before. */
  readonly isLater: boolean;
}

/**
 * Removes the manifest, and then those that had to stay for it: its subject, or the children of an index.
 */
async function removeAndRelease(
  host: Host,
  urn: string,
  state: ArtifactState,
  manner: Manner,
  operation: Operation,
): Promise<RemovalOutcome> {
  const outcome = await remove(host, urn, state, manner, operation);
  if (outcome.kept !== undefined) return outcome;
  const children = state.manifests?.map(({ digest }) => digest) ?? [];
  for (const digest of [manner.subject, ...children]) {
    if (digest !== undefined) await release(host, referenceTo(state, digest), operation);
  }
  return outcome;
}

/**
 * The subject of a referrer. For one in an image layout, or copied by 0.2.0, it is not in the state, so
 * the manifest is read.
 */
async function subjectOf(
  host: Host,
  urn: string,
  state: ArtifactState,
  policy: DeletePolicy,
  operation: Operation,
): Promise<Digest | undefined> {
  const { subject, digest } = state;
  const { source, content = {} } = asBag(state);
  const isUntold =
    subject === undefined && (source !== undefined || "ociLayout" in Object(content));
  if (!isUntold || policy === "untag" || isDeclaredElsewhere(host, urn, state))
    return subject?.digest;
  const { manifests } = host.registry({ ...state }).repository(state.repository);
  const links = await readLinks(manifests, digest, operation);
  return links === "unreadable" ? undefined : links.subject;
}

/**
 * Retries the removal of another manifest. The requested removal is done by now, so a failure only causes
 * a warning.
 */
async function release(host: Host, reference: string, operation: Operation): Promise<void> {
  try {
    const outcome = await host.waitingRemovals.released(reference, operation);
    if (outcome === undefined || outcome.kept !== undefined) return;
    operation.log.info(`${reference} had to stay for this one, and is removed now, too`);
  } catch (error) {
    if (operation.signal.aborted) throw error;
    operation.log.warn(`${reference} had to stay for this one, and stays: ${reasonOf(error)}`);
  }
}

function referenceTo(state: ArtifactState, digest: string): string {
  return `${baseOf(state)}@${digest}`;
}

function remove(
  host: Host,
  urn: string,
  state: ArtifactState,
  { policy, subject, isLater }: Manner,
  operation: Operation,
): Promise<RemovalOutcome> {
  const base = baseOf(state);
  // A tag that the replacement declares, too, has moved to it already, or will be created by it.
  const claims = host.ownership.declaredElsewhere(urn, base);
  const { tags, lock = {} } = declaredOf(state);
  return removeArtifact(
    host.registry({ ...state }).repository(state.repository),
    {
      digest: state.digest,
      subject,
      tags: tags.filter((tag) => !claims.some((claim) => tag in claim.tags)),
      stillDeclared: isDeclaredElsewhere(host, urn, state),
      usedBy: host.ownership.userOf(base, state.digest),
      included: state.included ?? [],
      declaredBy: (digest) => host.ownership.holderOf(base, digest),
      untagOnly: policy === "untag",
      lock,
      manifestLock: freeOfOthers(host, urn, base, state.digest, lock),
      base,
      holderOf: (reference) => host.locks.holderOf(reference),
      isLater,
    },
    operation,
  );
}
