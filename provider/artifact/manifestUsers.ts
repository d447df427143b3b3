import { hasCode } from "../errors.js";
import type { Descriptor } from "../oci/descriptor.js";
import { type Digest, isDigest } from "../oci/digest.js";
import { parseManifest } from "../oci/manifest.js";
import { DOCKER_MANIFEST_LIST, OCI_INDEX } from "../oci/mediaTypes.js";
import type { OperationOptions, Repository } from "../registry/repository.js";

/** Beyond this many manifests the search for an index would cost more than an orphan does. */
const MANIFESTS_LOOKED_AT = 1_000;

/** Why somebody else still needs the manifest: a referrer or an index; `undefined` if nobody does. */
export async function findUser(
  repository: Repository,
  digest: Digest,
  options: OperationOptions,
): Promise<string | undefined> {
  return (
    (await findReferrer(repository, digest, options)) ??
    (await findIndex(repository, digest, await listIndexes(repository, options), options))
  );
}

export async function findReferrer(
  repository: Repository,
  digest: Digest,
  options: OperationOptions,
): Promise<string | undefined> {
  for await (const referrer of repository.referrers.list(digest, options)) {
    const type = referrer.artifactType === undefined ? "" : ` (${referrer.artifactType})`;
    return `the referrer ${referrer.digest}${type} has it as its subject`;
  }
  return undefined;
}

/** Indexes of the repository, or the reason why not all of them can be looked at. */
async function listIndexes(
  repository: Repository,
  options: OperationOptions,
): Promise<readonly Digest[] | string> {
  const indexes: Digest[] = [];
  let seen = 0;
  for await (const manifest of repository.attributes.listManifests(options)) {
    if (++seen > MANIFESTS_LOOKED_AT) return tooMany();
    if (isIndex(manifest.mediaType) && isDigest(manifest.digest)) indexes.push(manifest.digest);
  }
  return indexes;
}

export function tooMany(): string {
  return `the repository has more than ${MANIFESTS_LOOKED_AT} manifests, so that it cannot be told whether an index names it`;
}

export function isIndex(mediaType: string): boolean {
  return mediaType === OCI_INDEX || mediaType === DOCKER_MANIFEST_LIST;
}

export async function findIndex(
  repository: Pick<Repository, "manifests">,
  digest: Digest,
  indexes: readonly Digest[] | string,
  options: OperationOptions,
): Promise<string | undefined> {
  if (typeof indexes === "string") return indexes;
  for (const index of indexes) {
    const children = await childrenOf(repository, index, options);
    if (children === undefined) return `the index ${index} may name it: it cannot be read`;
    if (children.some((child) => child.digest === digest)) return `the index ${index} names it`;
  }
  return undefined;
}

async function childrenOf(
  repository: Pick<Repository, "manifests">,
  index: Digest,
  options: OperationOptions,
): Promise<readonly Descriptor[] | undefined> {
  try {
    const found = await repository.manifests.fetch(index, options);
    if (found === undefined) return [];
    return parseManifest(found.bytes, found.descriptor.mediaType).manifests;
  } catch (error) {
    if (hasCode(error, "PROTOCOL")) return undefined;
    throw error;
  }
}
