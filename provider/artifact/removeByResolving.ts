import type { Digest } from "../oci/digest.js";
import { isTag, type Tag } from "../oci/reference.js";
import type { OperationOptions, Repository } from "../registry/repository.js";
import { findIndex, findReferrer, isIndex } from "./manifestUsers.js";
import { keptByDeclaration, type Removal, type RemovalOutcome } from "./removal.js";

/** Each tag costs a request here; beyond this many the manifest stays. */
const TAGS_LOOKED_AT = 1_000;

/**
 * Removal on a registry that is not an ACR: there a tag cannot be removed alone, and nothing lists
 * the tags of a manifest, so every tag of the repository is resolved.
 */
export async function removeByResolving(
  repository: Repository,
  removal: Removal,
  options: OperationOptions,
): Promise<RemovalOutcome> {
  const { digest } = removal;
  if ((await repository.manifests.resolve(digest, options)) === undefined)
    return { removedTags: [] };
  const kept = keptByDeclaration(removal) ?? (await reasonToKeep(repository, removal, options));
  if (kept !== undefined) {
    const remainingTags = await tagsNaming(repository, removal, options);
    return { removedTags: [], kept, remainingTags };
  }
  const tags = await tagsNaming(repository, removal, options);
  await repository.manifests.delete(digest, options);
  return { removedTags: tags };
}

async function reasonToKeep(
  repository: Repository,
  { digest, tags: ours }: Removal,
  options: OperationOptions,
): Promise<string | undefined> {
  const indexes: Digest[] = [];
  let seen = 0;
  for await (const name of repository.tags.list(options)) {
    if (++seen > TAGS_LOOKED_AT) return `the repository has more than ${TAGS_LOOKED_AT} tags`;
    if (!isTag(name)) continue;
    const found = await repository.manifests.resolve(name, options);
    if (found === undefined) continue;
    if (found.digest === digest && !ours.includes(name)) return `another tag names it: ${name}`;
    if (isIndex(found.mediaType)) indexes.push(found.digest);
  }
  return (
    (await findReferrer(repository, digest, options)) ??
    (await findIndex(repository, digest, indexes, options))
  );
}

async function tagsNaming(
  repository: Repository,
  { digest, tags }: Removal,
  options: OperationOptions,
): Promise<readonly Tag[]> {
  const naming: Tag[] = [];
  for (const tag of tags) {
    if ((await repository.manifests.resolve(tag, options))?.digest === digest) naming.push(tag);
  }
  return naming;
}
