import { eachOf } from "../concurrency/eachOf.js";
import type { Descriptor } from "../oci/descriptor.js";
import type { Digest } from "../oci/digest.js";
import { isTag } from "../oci/reference.js";
import type { ManifestProperties } from "../registry/attributes.js";
import { referrersTag } from "../registry/referrersDocument.js";
import type { OperationOptions, Repository } from "../registry/repository.js";
import { describeAttributes, forbidsDeletion, LOCKED, restrict } from "./lock.js";
import { childrenOf, isIndex, MANIFESTS_LOOKED_AT, tooMany } from "./manifestUsers.js";
import type { Removal } from "./removal.js";
import type { Uses } from "./removalPlan.js";

/** Each tag costs a request where nothing lists them with what they name. */
const TAGS_LOOKED_AT = 1_000;
const CONCURRENT_LOOKS = 8;

type Family = Pick<Removal, "digest" | "included" | "tags">;

/** Who uses the manifests of a family; or why that cannot be told. */
export type FindUses = (
  repository: Repository,
  family: Family,
  options: OperationOptions,
) => Promise<Uses | string>;

/** From ACR's listing, which has tags and locks. The caller has looked at those of the manifest itself. */
export const listedUses: FindUses = async (repository, family, options) => {
  const lists = listTagsOf(family);
  const indexes: FoundIndex[] = [];
  const listed = new Map<string, ManifestProperties>();
  for await (const manifest of repository.attributes.listManifests(options)) {
    if (listed.size >= MANIFESTS_LOOKED_AT) return tooMany();
    listed.set(manifest.digest, manifest);
    const { digest, mediaType, tags } = manifest;
    // Lists of what is to go are no reason to keep it.
    if (!isIndex(mediaType) || tags.some((tag) => lists.has(tag))) continue;
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
  return { tags, held, ...(await readRelations(repository, family, indexes, options)) };
};

/** Where nothing lists the tags of a manifest, every tag of the repository is resolved. */
export const resolvedUses: FindUses = async (repository, family, options) => {
  const lists = listTagsOf(family);
  const indexes: FoundIndex[] = [];
  const tags = new Map<string, readonly string[]>();
  let seen = 0;
  for await (const name of repository.tags.list(options)) {
    if (++seen > TAGS_LOOKED_AT) return `the repository has more than ${TAGS_LOOKED_AT} tags`;
    if (!isTag(name) || lists.has(name)) continue;
    const found = await repository.manifests.resolve(name, options);
    if (found === undefined) continue;
    if (isIndex(found.mediaType)) indexes.push({ digest: found.digest, isTagged: true });
    if (found.digest === family.digest && family.tags.includes(name)) continue;
    tags.set(found.digest, [...(tags.get(found.digest) ?? []), name]);
  }
  return { tags, held: new Map(), ...(await readRelations(repository, family, indexes, options)) };
};

interface FoundIndex {
  readonly digest: Digest;
  readonly isTagged: boolean;
}

function digestsOf({ digest, included = [] }: Family): readonly Digest[] {
  return [digest, ...included.map((one) => one.digest)];
}

/** distribution-spec, "Referrers Tag Schema". */
function listTagsOf(family: Family): ReadonlySet<string> {
  return new Set<string>(digestsOf(family).map(referrersTag));
}

function lockedBySomebody({ attributes }: ManifestProperties): string {
  return `it is locked (${describeAttributes(restrict(attributes, LOCKED))})`;
}

async function readRelations(
  repository: Repository,
  family: Family,
  indexes: readonly FoundIndex[],
  options: OperationOptions,
): Promise<Pick<Uses, "indexes" | "referrers">> {
  const children = new Map<Digest, readonly Digest[] | undefined>();
  const places = { places: CONCURRENT_LOOKS, ...options };
  await eachOf(indexes, places, async ({ digest, isTagged }, signal) => {
    const found = await childrenOf(repository, digest, { signal });
    const named = found?.map((child) => child.digest);
    if (isTagged || named === undefined || !isFormerList(family, named))
      children.set(digest, named);
  });
  const referrers = new Map<Digest, readonly Descriptor[]>();
  await eachOf(digestsOf(family), places, async (subject, signal) => {
    referrers.set(subject, await liveReferrers(repository, family, subject, { signal }));
  });
  return { indexes: children, referrers };
}

/**
 * A list of referrers that was replaced, and could not be deleted: an index without a tag, and all that it
 * names goes, and is about the same manifest.
 */
function isFormerList({ included = [] }: Family, named: readonly Digest[]): boolean {
  const subjects = new Set(
    named.map((digest) => included.find((one) => one.digest === digest)?.subject),
  );
  return subjects.size === 1 && !subjects.has(undefined);
}

/** A list that clients keep may name what is gone; of our own it does not matter. */
async function liveReferrers(
  repository: Pick<Repository, "manifests" | "referrers">,
  family: Family,
  subject: Digest,
  options: OperationOptions,
): Promise<readonly Descriptor[]> {
  const own = new Set<string>(digestsOf(family));
  const live: Descriptor[] = [];
  for await (const referrer of repository.referrers.list(subject, options)) {
    const accept = [referrer.mediaType];
    const isThere =
      own.has(referrer.digest) ||
      (await repository.manifests.resolve(referrer.digest, { ...options, accept })) !== undefined;
    if (isThere) live.push(referrer);
  }
  return live;
}
