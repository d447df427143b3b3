import { hasCode } from "../errors.js";
import type { Descriptor } from "../oci/descriptor.js";
import { type Digest, isDigest } from "../oci/digest.js";
import { parseManifest } from "../oci/manifest.js";
import { DOCKER_MANIFEST_LIST, OCI_INDEX } from "../oci/mediaTypes.js";
import type { Tag } from "../oci/reference.js";
import { referrersTag } from "../registry/referrersDocument.js";
import type { OperationOptions, Repository } from "../registry/repository.js";
import { mayBeUsedByIndex, usedByIndex, usedByReferrer } from "./usedBy.js";

/** Beyond this many manifests the search for an index would cost more than an orphan does. */
export const MANIFESTS_LOOKED_AT = 1_000;

/** What to look for: who uses the manifest. */
export interface UsedManifest {
  readonly digest: Digest;
  /** What it refers to itself: the list of that one's referrers names it, and does not use it. */
  readonly subject?: Digest | undefined;
}

/** An index of the repository. */
export interface FoundIndex {
  readonly digest: Digest;
  readonly isTagged: boolean;
}

/** What was found out about who uses a manifest. */
export interface ManifestUsers {
  /** Why somebody else still needs it: a referrer or an index; absent if nobody does. */
  readonly user?: string | undefined;
  /** Why it cannot be told whether an index needs it. */
  readonly obstacle?: string;
  /** Referrers that are listed, and are gone. */
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

/** A list that clients keep may name what is gone, and so may a registry that cleans up later. */
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

/** The tag of the list that names the manifest because it is a referrer. */
export function ownListTag({ subject }: UsedManifest): Tag | undefined {
  return subject === undefined ? undefined : referrersTag(subject);
}

/** Indexes of the repository, or the reason why not all of them can be looked at. */
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
    // With another tag, the list is somebody's index as well.
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
 * Tells whether an index without a tag was the list of a subject's referrers, which whoever replaced
 * it could not delete: everything in it that is still there refers to that subject.
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

/** What an index says. */
export interface IndexContent {
  readonly children: readonly Descriptor[];
  /** It says nothing else, as a list of referrers does (distribution-spec, "Referrers Tag Schema"). */
  readonly isBare: boolean;
}

/** `undefined` if it cannot be read. What is gone by now names nothing. */
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
