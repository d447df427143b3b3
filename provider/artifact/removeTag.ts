import { hasCode } from "../errors.js";
import type { Tag } from "../oci/reference.js";
import type { TagProperties } from "../registry/attributes.js";
import type { OperationOptions, Repository } from "../registry/repository.js";
import { forbidsDeletion, lockedError, restrict } from "./lock.js";

/** A tag that is to go, if it still names what we have put it on. */
export interface TagRemoval {
  readonly tag: Tag;
  readonly digests: readonly string[];
  /** Full reference of the tag, for messages. */
  readonly reference: string;
  /** Who holds a lock, for the error. */
  readonly holderOf: (reference: string) => string;
}

/**
 * Takes away one tag and nothing else. Answers why it is still there; `undefined`: it is gone. What
 * is gone already is success; a lock is somebody else's, since a tag alone has none of ours.
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
