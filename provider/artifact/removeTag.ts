import { hasCode } from "../errors.js";
import type { Tag } from "../oci/reference.js";
import type { TagProperties } from "../registry/attributes.js";
import type { OperationOptions, Repository } from "../registry/repository.js";
import { forbidsDeletion, lockedError, restrict } from "./lock.js";

/** A tag to remove, if it still names what we put it on. */
export interface TagRemoval {
  readonly tag: Tag;
  readonly digests: readonly string[];
  /** Full reference of the tag, for messages. */
  readonly reference: string;
  /** Names the holder of a lock, for the error. */
  readonly holderOf: (reference: string) => string;
}

/**
 * Removes one tag and nothing else. Returns why it still exists; `undefined` if it is gone, now or
 * before. A lock is always somebody else's, because we never lock a tag that is declared alone.
 */
export async function removeTag(
  repository: Pick<Repository, "attributes" | "tags">,
  { tag, digests, reference, holderOf }: TagRemoval,
  options: OperationOptions,
): Promise<string | undefined> {
  let live: TagProperties | undefined;
  try {
    live = await repository.attributes.tag(tag, options);
  } catch (error) {
    if (hasCode(error, "UNSUPPORTED")) return "this registry cannot remove a tag alone";
    throw error;
  }
  if (live === undefined) return undefined;
  if (!digests.includes(live.digest)) return `somebody moved it: it names ${live.digest} now`;
  if (forbidsDeletion(live.attributes)) {
    const held = restrict(live.attributes, { deleteEnabled: false, writeEnabled: false });
    throw lockedError(reference, held, holderOf(reference));
  }
  await repository.tags.delete(tag, options);
  return undefined;
}
