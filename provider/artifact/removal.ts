import type { Digest } from "../oci/digest.js";
import type { Tag } from "../oci/reference.js";
import type { OperationOptions, Repository } from "../registry/repository.js";
import type { LockHolders, NamedAttributes } from "./lock.js";
import type { ManifestUsers } from "./manifestUsers.js";
import type { Candidate } from "./removalPlan.js";

/** What is to be taken away. */
export interface Removal extends LockHolders {
  readonly digest: Digest;
  /** What it refers to, which is not to list it any more. */
  readonly subject?: Digest | undefined;
  /** Tags of ours; each goes only if it still names our digest. */
  readonly tags: readonly Tag[];
  /** Another declaration names the same manifest: it stays. */
  readonly stillDeclared: boolean;
  /** A resource that is still declared, and names the manifest: it stays. */
  readonly usedBy?: string;
  /** What is published with it and is to go with it, in the order in which it was published. */
  readonly included?: readonly Candidate[];
  /** A declaration that has one of these; it stays then. */
  readonly declaredBy?: (digest: Digest) => string | undefined;
  /** Only the tags are to go (`onDelete: "untag"`). */
  readonly untagOnly: boolean;
  /** Attributes that we closed ourselves on our tags, and may therefore open. */
  readonly lock: NamedAttributes;
  /** The same for the manifest, which others may keep locked. */
  readonly manifestLock: NamedAttributes;
  /** `<login server>/<repository>`, for messages. */
  readonly base: string;
}

export interface RemovalOutcome {
  readonly removedTags: readonly string[];
  /** Why the manifest is still there; absent: it is gone. */
  readonly kept?: string | undefined;
  /** It is kept for another manifest that needs it: when that one goes, it may go, too. */
  readonly waits?: boolean;
  /** Tags of ours that this registry cannot remove without their manifest. */
  readonly remainingTags?: readonly string[];
  /** What was published with it and is still there although it is gone, and why. */
  readonly keptIncluded?: ReadonlyMap<Digest, string>;
}

/** What was found out before anything is removed. */
export interface Verdict extends Pick<RemovalOutcome, "kept" | "waits"> {
  /** Referrers that are listed, and are gone: they leave the list with the manifest. */
  readonly staleReferrers?: readonly Digest[];
  /** Of what was published with it, what stays, and why. */
  readonly staying?: ReadonlyMap<Digest, string>;
}

export function verdictOf({ user, obstacle, staleReferrers }: ManifestUsers): Verdict {
  if (obstacle !== undefined) return { kept: obstacle };
  return user === undefined ? { staleReferrers } : { kept: user, waits: true };
}

/**
 * Deletes the manifest. First it leaves the list of its subject's referrers, where clients keep one
 * (distribution-spec, "Deleting Manifests"), so that a run that ends in between leaves no list that
 * names what is gone; registries refuse to take such a list.
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

/** Why the manifest must stay whatever else is found. */
export function keptByDeclaration(removal: Removal): string | undefined {
  const { stillDeclared, usedBy, untagOnly } = removal;
  if (stillDeclared) return "it is still declared";
  if (usedBy !== undefined) return `${usedBy} names it`;
  return untagOnly ? 'onDelete is "untag"' : undefined;
}
