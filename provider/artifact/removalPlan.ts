import type { Descriptor } from "../oci/descriptor.js";
import type { Digest } from "../oci/digest.js";
import { mayBeUsedByIndex, usedByIndex, usedByReferrer, usedByTags } from "./usedBy.js";

/** A manifest that may be removed. */
export interface Candidate {
  readonly digest: Digest;
  /** The subject, if it is a referrer. */
  readonly subject?: Digest | undefined;
}

/** What uses the manifests of a repository. */
export interface Uses {
  /** The tags of each manifest, except our own. */
  readonly tags: ReadonlyMap<string, readonly string[]>;
  /** The manifests that each index of the repository names; `undefined` if it cannot be read. */
  readonly indexes: ReadonlyMap<Digest, ReadonlySet<Digest> | undefined>;
  /** The referrers of each manifest. */
  readonly referrers: ReadonlyMap<Digest, readonly Descriptor[]>;
  /** Why a manifest must stay, whatever else is found: a declaration or a lock. */
  readonly held: ReadonlyMap<Digest, string>;
}

/**
 * Decides which manifests stay, and why: those that something else uses, and those that a staying
 * manifest needs. Relations among manifests that are all removed do not count. Pure.
 */
export function planRemoval(
  candidates: readonly Candidate[],
  uses: Uses,
): ReadonlyMap<Digest, string> {
  const kept = new Map<Digest, string>();
  const named = new Set(candidates.map(({ digest }) => digest));
  const goes = (digest: Digest): boolean => named.has(digest) && !kept.has(digest);
  for (let before = -1; kept.size !== before;) {
    before = kept.size;
    for (const candidate of candidates) {
      if (kept.has(candidate.digest)) continue;
      const reason = reasonToKeep(candidate, uses, goes, kept);
      if (reason !== undefined) kept.set(candidate.digest, reason);
    }
  }
  return kept;
}

function reasonToKeep(
  { digest, subject }: Candidate,
  { tags, indexes, referrers, held }: Uses,
  goes: (digest: Digest) => boolean,
  kept: ReadonlyMap<Digest, string>,
): string | undefined {
  const holding = held.get(digest) ?? tagged(tags.get(digest) ?? []);
  if (holding !== undefined) return holding;
  if (subject !== undefined && kept.has(subject)) return `${subject}, which it is about, stays`;
  const referrer = referrers.get(digest)?.find((one) => !goes(one.digest));
  if (referrer !== undefined) return usedByReferrer(referrer);
  for (const [index, children] of indexes) {
    if (goes(index)) continue;
    if (children === undefined) return mayBeUsedByIndex(index);
    if (children.has(digest)) return usedByIndex(index);
  }
  return undefined;
}

function tagged(tags: readonly string[]): string | undefined {
  return tags.length === 0 ? undefined : usedByTags(tags);
}
