import { isTag, type Tag } from "../oci/reference.js";
import type { OperationOptions, Repository } from "../registry/repository.js";
import { resolvedUses, TAGS_LOOKED_AT, TOO_MANY_TAGS } from "./familyUses.js";
import { type FoundIndex, findUsers, isIndex, ownListTag } from "./manifestUsers.js";
import {
  deleteManifest,
  keptByDeclaration,
  type Removal,
  type RemovalOutcome,
  type Verdict,
  verdictOf,
} from "./removal.js";
import { hasFamily, judgeFamily, removeIncluded, removeRest } from "./removeFamily.js";

/**
 * Removal on a registry that is not an ACR. Such a registry cannot remove a tag alone and does not list
 * the tags of a manifest, so every tag of the repository is resolved.
 */
export async function removeByResolving(
  repository: Repository,
  removal: Removal,
  options: OperationOptions,
): Promise<RemovalOutcome> {
  const { digest } = removal;
  if ((await repository.manifests.resolve(digest, options)) === undefined) {
    return { removedTags: [], ...(await removeRest(repository, removal, resolvedUses, options)) };
  }
  const declared = keptByDeclaration(removal);
  const verdict =
    declared === undefined ? await judge(repository, removal, options) : { kept: declared };
  const { kept, waits } = verdict;
  const tags = await tagsNaming(repository, removal, options);
  if (kept !== undefined) return { removedTags: [], kept, waits, remainingTags: tags };
  await deleteManifest(repository, removal, verdict, options);
  return { removedTags: tags, ...(await removeIncluded(repository, removal, verdict, options)) };
}

async function judge(
  repository: Repository,
  removal: Removal,
  options: OperationOptions,
): Promise<Verdict> {
  if (hasFamily(removal)) return judgeFamily(repository, removal, resolvedUses, options);
  const { digest, tags: ours } = removal;
  const ownList = ownListTag(removal);
  const indexes: FoundIndex[] = [];
  let seen = 0;
  for await (const name of repository.tags.list(options)) {
    if (++seen > TAGS_LOOKED_AT) return { kept: TOO_MANY_TAGS };
    if (!isTag(name) || name === ownList) continue;
    const found = await repository.manifests.resolve(name, options);
    if (found === undefined) continue;
    if (found.digest === digest && !ours.includes(name)) {
      return { kept: `another tag names it: ${name}` };
    }
    if (isIndex(found.mediaType)) indexes.push({ digest: found.digest, isTagged: true });
  }
  const found = await findUsers(repository, removal, () => Promise.resolve(indexes), options);
  return verdictOf(found);
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
