import type { Tag } from "../oci/reference.js";
import type { Attributes, ManifestProperties } from "../registry/attributes.js";
import type { OperationOptions, Repository } from "../registry/repository.js";
import { hasCode } from "../errors.js";
import { listedUses } from "./familyUses.js";
import { findUsers, listIndexes } from "./manifestUsers.js";
import {
  closedByUs,
  type NamedAttributes,
  namesOf,
  opened,
  readTagAttributes,
  refuseForeignLock,
  writeAttributesIfThere,
} from "./lock.js";
import {
  deleteManifest,
  keptByDeclaration,
  type Removal,
  type RemovalOutcome,
  type Verdict,
  verdictOf,
} from "./removal.js";
import { removeByResolving } from "./removeByResolving.js";
import { hasFamily, judgeFamily, removeIncluded, removeRest } from "./removeFamily.js";
import { usedByTags } from "./usedBy.js";

/**
 * Removes exactly what is ours: our tags; then the manifest, if no other tag, index or referrer uses it;
 * then what was published with it, under the same condition. Our own locks are opened first. Somebody
 * else's lock stops everything before any change. Something that does not exist any more counts as
 * removed.
 */
export async function removeArtifact(
  repository: Repository,
  removal: Removal,
  options: OperationOptions,
): Promise<RemovalOutcome> {
  let properties: ManifestProperties | undefined;
  try {
    properties = await repository.attributes.manifest(removal.digest, options);
  } catch (error) {
    if (hasCode(error, "UNSUPPORTED")) return removeByResolving(repository, removal, options);
    throw error;
  }
  if (properties === undefined) {
    return { removedTags: [], ...(await removeRest(repository, removal, listedUses, options)) };
  }
  const ours = removal.tags.filter((tag) => properties.tags.includes(tag));
  const verdict = await judge(repository, removal, properties, options);
  const { kept, waits } = verdict;
  const subjects = [
    ...(await tagSubjects(repository, removal, ours, options)),
    manifestSubject(removal, properties.attributes, kept),
  ];
  await openOwnLocks(repository, removal, subjects, options);
  for (const tag of ours) await repository.tags.delete(tag, options);
  if (kept !== undefined) return { removedTags: ours, kept, waits };
  const deleted = await deleteUntagged(repository, removal, verdict, options);
  if (deleted.kept !== undefined) return { removedTags: ours, ...deleted };
  return { removedTags: ours, ...(await removeIncluded(repository, removal, verdict, options)) };
}

async function judge(
  repository: Repository,
  removal: Removal,
  properties: ManifestProperties,
  options: OperationOptions,
): Promise<Verdict> {
  const declared = keptByDeclaration(removal);
  if (declared !== undefined) return { kept: declared };
  const foreign = properties.tags.filter((tag) => !removal.tags.some((ours) => ours === tag));
  if (foreign.length > 0) return { kept: usedByTags(foreign) };
  if (hasFamily(removal)) return judgeFamily(repository, removal, listedUses, options);
  const indexes = () => listIndexes(repository, removal, options);
  return verdictOf(await findUsers(repository, removal, indexes, options));
}

/** Looks once more, because the manifest may have got a tag while ours were removed. */
async function deleteUntagged(
  repository: Repository,
  removal: Removal,
  verdict: Verdict,
  options: OperationOptions,
): Promise<Pick<RemovalOutcome, "kept">> {
  const properties = await repository.attributes.manifest(removal.digest, options);
  if (properties !== undefined && properties.tags.length > 0) {
    return { kept: usedByTags(properties.tags) };
  }
  await deleteManifest(repository, removal, verdict, options);
  return {};
}

interface Subject {
  readonly tag?: Tag;
  readonly reference: string;
  readonly attributes: Attributes;
  /** Whether it will be deleted, so that no attribute may forbid that. */
  readonly deleted: boolean;
}

async function tagSubjects(
  repository: Repository,
  { base, digest }: Removal,
  ours: readonly Tag[],
  options: OperationOptions,
): Promise<Subject[]> {
  const live = await readTagAttributes(repository.attributes, digest, ours, options);
  return ours.flatMap((tag) => {
    const attributes = live.get(tag);
    const reference = `${base}:${tag}`;
    return attributes === undefined ? [] : [{ tag, reference, attributes, deleted: true }];
  });
}

/** Our lock on the manifest is opened even if the manifest stays. */
function manifestSubject(
  { base, digest }: Removal,
  attributes: Attributes,
  kept: string | undefined,
): Subject {
  return { reference: `${base}@${digest}`, attributes, deleted: kept === undefined };
}

async function openOwnLocks(
  repository: Repository,
  removal: Removal,
  subjects: readonly Subject[],
  options: OperationOptions,
): Promise<void> {
  const closed = subjects.map(({ tag, ...rest }) => ({
    subject: tag ?? removal.digest,
    open: opened(closedOnes({ tag, ...rest }, removal)),
  }));
  for (const { subject, open } of closed) {
    if (namesOf(open).length === 0) continue;
    await writeAttributesIfThere(repository.attributes, subject, open, options);
  }
}

/** The attributes that we closed and must open. Throws if somebody else closed one that must be open. */
function closedOnes(subject: Subject, removal: Removal): NamedAttributes {
  const { tag, attributes, reference, deleted } = subject;
  const ours = closedByUs(attributes, tag === undefined ? removal.manifestLock : removal.lock);
  if (deleted) refuseForeignLock(reference, attributes, ours, removal);
  return ours;
}
