import { hasCode } from "../errors.js";
import type { Descriptor } from "../oci/descriptor.js";
import { type Digest, isDigest } from "../oci/digest.js";
import { parseManifest } from "../oci/manifest.js";
import { DOCKER_MANIFEST_LIST, OCI_INDEX } from "../oci/mediaTypes.js";
import type { Tag } from "../oci/reference.js";
import { referrersTag } from "../registry/referrersDocument.js";
import type { OperationOptions, Repository } from "../registry/repository.js";
import { mayBeUsedByIndex, usedByIndex, usedByReferrer } from "./usedBy.js";

/**
 * Most manifests to search for an index; with more, the search would cost more than an orphaned manifest.
 */
export const MANIFESTS_LOOKED_AT = 1_000;

/** The manifest whose users to find. */
export interface UsedManifest {
  readonly digest: Digest;
  /** Its subject: the list of that manifest's referrers contains it, but does not use it. */
  readonly subject?: Digest | undefined;
}

/** An index in the repository. */
export interface FoundIndex {
  readonly digest: Digest;
  readonly isTagged: boolean;
}

/** The users of a manifest, as far as they could be found. */
export interface ManifestUsers {
  /** A referrer or index that needs the manifest; absent if there is none. */
  readonly user?: string | undefined;
  /** Why it is unknown whether an index needs the manifest. */
  readonly obstacle?: string;
  /** Listed referrers that no longer exist. */
  readonly staleReferrers: readonly Digest[];
}

export async function findUsers(
  repository: Repository,
  manifest: UsedManifest,
  indexes: () => Promise<readonly FoundIndex[] | string>,
  options: OperationOptions,
): Promise<ManifestUsers> {
  const { user, staleReferrers } = await findReferrer(repository, manifest.digest, options);
  if (user !== undefined) return { user, staleReferrers };
  const found = await indexes();
  if (typeof found === "string") return { obstacle: found, staleReferrers };
  const index = await findIndex(repository, manifest, found, options);
  return { user: index, staleReferrers };
}

/**
 * Finds a referrer that still exists. A list kept by clients may contain deleted ones, and so may that of
 * a registry that cleans up later.
 */
async function findReferrer(
  repository: Pick<Repository, "manifests" | "referrers">,
  digest: Digest,
  options: OperationOptions,
): Promise<ManifestUsers> {
  const staleReferrers: Digest[] = [];
  for await (const referrer of repository.referrers.list(digest, options)) {
    const accept = [referrer.mediaType];
    const found = await repository.manifests.resolve(referrer.digest, { ...options, accept });
    if (found === undefined) {
      staleReferrers.push(referrer.digest);
      continue;
    }
    return { user: usedByReferrer(referrer), staleReferrers };
  }
  return { staleReferrers };
}

/** The tag of the referrers list that contains the manifest. */
export function ownListTag({ subject }: UsedManifest): Tag | undefined {
  return subject === undefined ? undefined : referrersTag(subject);
}

/** The indexes of the repository, or the reason why not all of them can be read. */
export async function listIndexes(
  repository: Repository,
  manifest: UsedManifest,
  options: OperationOptions,
): Promise<readonly FoundIndex[] | string> {
  const ownList = ownListTag(manifest);
  const indexes: FoundIndex[] = [];
  let seen = 0;
  const inLargePages = { ...options, pageSize: MANIFESTS_LOOKED_AT };
  for await (const found of repository.attributes.listManifests(inLargePages)) {
    if (++seen > MANIFESTS_LOOKED_AT) return tooMany();
    if (!isIndex(found.mediaType) || !isDigest(found.digest)) continue;
    // With another tag, the list is also somebody's index.
    if (found.tags.length > 0 && found.tags.every((tag) => tag === ownList)) continue;
    indexes.push({ digest: found.digest, isTagged: found.tags.length > 0 });
  }
  return indexes;
}

export function tooMany(): string {
  return `the repository has more than ${MANIFESTS_LOOKED_AT} manifests, so that it cannot be told whether an index names it`;
}

export function isIndex(mediaType: string): boolean {
  return mediaType === OCI_INDEX || mediaType === DOCKER_MANIFEST_LIST;
}

async function findIndex(
  repository: Pick<Repository, "manifests">,
  { digest, subject }: UsedManifest,
  indexes: readonly FoundIndex[],
  options: OperationOptions,
): Promise<string | undefined> {
  for (const { digest: index, isTagged } of indexes) {
    const read = await readIndex(repository, index, options);
    if (read === undefined) return mayBeUsedByIndex(index);
    const { children, isBare } = read;
    if (!children.some((child) => child.digest === digest)) continue;
    const isFormer =
      !isTagged &&
      isBare &&
      subject !== undefined &&
      (await isFormerList(repository, children, subject, options));
    if (!isFormer) return usedByIndex(index);
  }
  return undefined;
}

/**
 * Tells whether an untagged index is an outdated list of a subject's referrers that could not be deleted:
 * everything in it that still exists refers to that subject.
 */
async function isFormerList(
  repository: Pick<Repository, "manifests">,
  children: readonly Descriptor[],
  subject: Digest,
  options: OperationOptions,
): Promise<boolean> {
  for (const { digest, mediaType } of children) {
    const accept = [mediaType];
    const found = await repository.manifests.fetch(digest, { ...options, accept });
    if (found === undefined) continue;
    const child = parseManifest(found.bytes, found.descriptor.mediaType);
    if (child.subject?.digest !== subject) return false;
  }
  return true;
}

/** The content of an index. */
export interface IndexContent {
  readonly children: readonly Descriptor[];
  /**
   * Whether it contains nothing else, like a list of referrers (distribution-spec, "Referrers Tag
   * Schema").
   */
  readonly isBare: boolean;
}

/** `undefined` if it cannot be read. An index that no longer exists names nothing. */
export async function readIndex(
  repository: Pick<Repository, "manifests">,
  index: Digest,
  options: OperationOptions,
): Promise<IndexContent | undefined> {
  try {
    const found = await repository.manifests.fetch(index, options);
    if (found === undefined) return { children: [], isBare: true };
    const parsed = parseManifest(found.bytes, found.descriptor.mediaType);
    const { manifests: children, artifactType, subject, annotations } = parsed;
    const described = artifactType !== undefined || Object.keys(annotations).length > 0;
    return { children, isBare: !described && subject === undefined };
  } catch (error) {
    if (hasCode(error, "PROTOCOL")) return undefined;
    throw error;
  }
}
