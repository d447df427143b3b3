import type { Digest } from "../oci/digest.js";
import type { Tag } from "../oci/reference.js";
import type { OperationOptions, Repository } from "../registry/repository.js";
import type { LockHolders, NamedAttributes } from "./lock.js";
import type { ManifestUsers } from "./manifestUsers.js";
import type { Candidate } from "./removalPlan.js";

/** What to remove. */
export interface Removal extends LockHolders {
  readonly digest: Digest;
  /** Its subject, which must no longer list it. */
  readonly subject?: Digest | undefined;
  /** Our tags; each is removed only if it still names our digest. */
  readonly tags: readonly Tag[];
  /** Whether another declaration names the same manifest, which then stays. */
  readonly stillDeclared: boolean;
  /** A resource that is still declared and names the manifest, which then stays. */
  readonly usedBy?: string;
  /**
   * The manifests published with it, to be removed as well, in the order in which they were published.
   */
  readonly included?: readonly Candidate[];
  /** Returns the declaration that contains one of these manifests, which then stays. */
  readonly declaredBy?: (digest: Digest) => string | undefined;
  /** Whether only the tags are to be removed (`onDelete: "untag"`). */
  readonly untagOnly: boolean;
  /** Attributes of our tags that we closed ourselves, and may open. */
  readonly lock: NamedAttributes;
  /** The same for the manifest, which others may keep locked. */
  readonly manifestLock: NamedAttributes;
  /** `<login server>/<repository>`, for messages. */
  readonly base: string;
}

export interface RemovalOutcome {
  readonly removedTags: readonly string[];
  /** Why the manifest still exists; absent if it was deleted. */
  readonly kept?: string | undefined;
  /**
   * Whether it is kept only for another manifest that needs it, so that it may be removed after that.
   */
  readonly waits?: boolean;
  /** Our tags that this registry cannot remove without their manifest. */
  readonly remainingTags?: readonly string[];
  /** The manifests published with it that still exist, and why. */
  readonly keptIncluded?: ReadonlyMap<Digest, string>;
}

/** What is decided before anything is removed. */
export interface Verdict extends Pick<RemovalOutcome, "kept" | "waits"> {
  /**
   * Listed referrers that no longer exist; they are removed from the list together with the manifest.
   */
  readonly staleReferrers?: readonly Digest[];
  /** The manifests published with it that stay, and why. */
  readonly staying?: ReadonlyMap<Digest, string>;
}

export function verdictOf({ user, obstacle, staleReferrers }: ManifestUsers): Verdict {
  if (obstacle !== undefined) return { kept: obstacle };
  return user === undefined ? { staleReferrers } : { kept: user, waits: true };
}

/**
 * Deletes the manifest, after removing it from the list of its subject's referrers if clients keep one
 * (distribution-spec, "Deleting Manifests"). This order ensures that an interrupted run leaves no list
 * with a deleted manifest, which registries would refuse.
 */
export async function deleteManifest(
  repository: Pick<Repository, "manifests" | "referrers">,
  { digest, subject }: Pick<Removal, "digest" | "subject">,
  { staleReferrers = [] }: Verdict,
  options: OperationOptions,
): Promise<void> {
  if (subject !== undefined) await repository.referrers.remove(subject, digest, options);
  await repository.manifests.delete(digest, options);
  await Promise.all(
    staleReferrers.map((stale) => repository.referrers.remove(digest, stale, options)),
  );
}

/** Why the manifest must stay, whatever else is found. */
export function keptByDeclaration(removal: Removal): string | undefined {
  const { stillDeclared, usedBy, untagOnly } = removal;
  if (stillDeclared) return "it is still declared";
  if (usedBy !== undefined) return `${usedBy} names it`;
  return untagOnly ? 'onDelete is "untag"' : undefined;
}
