import { eachOf } from "../concurrency/eachOf.js";
import type { Descriptor } from "../oci/descriptor.js";
import type { Digest } from "../oci/digest.js";
import { isTag } from "../oci/reference.js";
import type { ManifestProperties } from "../registry/attributes.js";
import { referrersTag } from "../registry/referrersDocument.js";
import type { OperationOptions, Repository } from "../registry/repository.js";
import { describeAttributes, forbidsDeletion, LOCKED, restrict } from "./lock.js";
import {
  type FoundIndex,
  isIndex,
  MANIFESTS_LOOKED_AT,
  readIndex,
  tooMany,
} from "./manifestUsers.js";
import type { Removal } from "./removal.js";
import type { Uses } from "./removalPlan.js";

/**
 * Most tags to resolve, at one request each, if the registry does not list tags with digests. If there
 * are more, the manifests in question are kept.
 */
export const TAGS_LOOKED_AT = 1_000;
export const TOO_MANY_TAGS = `the repository has more than ${TAGS_LOOKED_AT} tags`;
const CONCURRENT_LOOKS = 8;

type Family = Pick<Removal, "digest" | "included" | "tags">;

/** Finds what uses the manifests of a family, or why that cannot be determined. */
export type FindUses = (
  repository: Repository,
  family: Family,
  options: OperationOptions,
) => Promise<Uses | string>;

/**
 * Reads uses from ACR's listing, which has tags and locks. The caller has checked those of the manifest
 * itself.
 */
export const listedUses: FindUses = async (repository, family, options) => {
  const members = membersOf(family);
  const lists = listTagsOf(members);
  const indexes: FoundIndex[] = [];
  const listed = new Map<string, ManifestProperties>();
  let others = 0;
  const inLargePages = { ...options, pageSize: MANIFESTS_LOOKED_AT };
  for await (const manifest of repository.attributes.listManifests(inLargePages)) {
    const { digest, mediaType, tags } = manifest;
    // Lists of referrers of the family do not count as uses. With another tag, a list is also somebody's
    // index.
    if (tags.length > 0 && tags.every((tag) => lists.has(tag))) continue;
    // Members are kept apart, so that a large family does not exceed the limit by itself.
    if (members.has(digest)) listed.set(digest, manifest);
    else if (++others > MANIFESTS_LOOKED_AT) return tooMany();
    if (!isIndex(mediaType)) continue;
    indexes.push({ digest, isTagged: tags.length > 0 });
  }
  const tags = new Map<string, readonly string[]>();
  const held = new Map<Digest, string>();
  for (const { digest } of family.included ?? []) {
    // `listEnabled: false` hides a manifest from the listing.
    const found = listed.get(digest) ?? (await repository.attributes.manifest(digest, options));
    if (found === undefined) continue;
    tags.set(digest, found.tags);
    if (forbidsDeletion(found.attributes)) held.set(digest, lockedBySomebody(found));
  }
  return { tags, held, ...(await readRelations(repository, members, indexes, options)) };
};

/** Reads uses by resolving every tag of the repository, if nothing lists the tags of a manifest. */
export const resolvedUses: FindUses = async (repository, family, options) => {
  const members = membersOf(family);
  const lists = listTagsOf(members);
  const indexes: FoundIndex[] = [];
  const tags = new Map<string, readonly string[]>();
  let seen = 0;
  for await (const name of repository.tags.list(options)) {
    if (!isTag(name) || lists.has(name)) continue;
    if (++seen > TAGS_LOOKED_AT) return TOO_MANY_TAGS;
    const found = await repository.manifests.resolve(name, options);
    if (found === undefined) continue;
    if (isIndex(found.mediaType)) indexes.push({ digest: found.digest, isTagged: true });
    if (found.digest === family.digest && family.tags.includes(name)) continue;
    tags.set(found.digest, [...(tags.get(found.digest) ?? []), name]);
  }
  return { tags, held: new Map(), ...(await readRelations(repository, members, indexes, options)) };
};

/** The members of a family, each with its subject. A map, because it is searched very often. */
type Members = ReadonlyMap<Digest, Digest | undefined>;

function membersOf({ digest, included = [] }: Family): Members {
  const others = included.map((one) => [one.digest, one.subject] as const);
  return new Map([[digest, undefined], ...others]);
}

/** The tags of the members' referrers lists (distribution-spec, "Referrers Tag Schema"). */
function listTagsOf(members: Members): ReadonlySet<string> {
  return new Set<string>([...members.keys()].map(referrersTag));
}

function lockedBySomebody({ attributes }: ManifestProperties): string {
  return `it is locked (${describeAttributes(restrict(attributes, LOCKED))})`;
}

async function readRelations(
  repository: Repository,
  members: Members,
  indexes: readonly FoundIndex[],
  options: OperationOptions,
): Promise<Pick<Uses, "indexes" | "referrers">> {
  const children = new Map<Digest, ReadonlySet<Digest> | undefined>();
  const limits = { concurrency: CONCURRENT_LOOKS, ...options };
  await eachOf(indexes, limits, async ({ digest, isTagged }, signal) => {
    const found = await readIndex(repository, digest, { signal });
    const named = found?.children.map((child) => child.digest);
    const mayBeList = !isTagged && found?.isBare === true;
    if (mayBeList && named !== undefined && isFormerList(members, named)) return;
    children.set(digest, named && new Set(named.filter((one) => members.has(one))));
  });
  const referrers = new Map<Digest, readonly Descriptor[]>();
  await eachOf(members.keys(), limits, async (subject, signal) => {
    const live = await liveReferrers(repository, members, subject, { signal });
    if (live.length > 0) referrers.set(subject, live);
  });
  return { indexes: children, referrers };
}

/**
 * Tells whether an untagged index is an outdated list of referrers that could not be deleted: it has
 * nothing but its manifests, all of them are members of the family, and they have the same subject.
 */
function isFormerList(members: Members, named: readonly Digest[]): boolean {
  const subjects = new Set(named.map((digest) => members.get(digest)));
  return subjects.size === 1 && !subjects.has(undefined);
}

/**
 * Referrers that still exist: a list that clients keep may contain deleted ones. Those of the family
 * itself need no check.
 */
async function liveReferrers(
  repository: Pick<Repository, "manifests" | "referrers">,
  members: Members,
  subject: Digest,
  options: OperationOptions,
): Promise<readonly Descriptor[]> {
  const live: Descriptor[] = [];
  for await (const referrer of repository.referrers.list(subject, options)) {
    const accept = [referrer.mediaType];
    const isThere =
      members.has(referrer.digest) ||
      (await repository.manifests.resolve(referrer.digest, { ...options, accept })) !== undefined;
    if (isThere) live.push(referrer);
  }
  return live;
}
