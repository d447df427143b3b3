import { removeArtifact } from "../../artifact/remove.js";
import type { Tag } from "../../oci/reference.js";
import type { Repository } from "../../registry/repository.js";
import type { Host } from "../host.js";
import type { Operation } from "../operation.js";
import type { ReplacePolicy } from "./inputs.js";
import { type ArtifactState, baseOf, declaredOf } from "./state.js";

/** Tags that are no longer declared, on content that still is. */
interface DroppedTags {
  readonly host: Host;
  readonly state: ArtifactState;
  readonly tags: readonly Tag[];
  readonly onReplace: ReplacePolicy | undefined;
  readonly repository: Repository;
  /** Whether something was changed before. */
  readonly isLater: boolean;
  readonly operation: Operation;
}

/** Removes tags that are no longer declared, if `onReplace` says so; otherwise they stay published. */
export async function dropTags(dropped: DroppedTags): Promise<void> {
  const { host, state, tags, onReplace, repository, isLater, operation } = dropped;
  const base = baseOf(state);
  if (tags.length === 0) return;
  if (onReplace !== "delete") {
    operation.log.info(`left published, no longer managed: ${named(base, tags)}`);
    return;
  }
  const { remainingTags = [], kept } = await removeArtifact(
    repository,
    {
      digest: state.digest,
      tags,
      stillDeclared: true,
      untagOnly: false,
      lock: declaredOf(state).lock ?? {},
      manifestLock: {},
      base,
      holderOf: (reference) => host.locks.holderOf(reference),
      isLater,
    },
    operation,
  );
  if (remainingTags.length === 0) return;
  operation.log.warn(
    `${named(base, remainingTags)} stays: this registry cannot remove a tag alone, and the manifest stays because ${kept}`,
  );
}

function named(base: string, tags: readonly string[]): string {
  return tags.map((tag) => `${base}:${tag}`).join(", ");
}
