import type { Descriptor } from "../oci/descriptor.js";
import type { Digest } from "../oci/digest.js";
import { mayBeUsedByIndex, usedByIndex, usedByReferrer, usedByTags } from "./usedBy.js";

/** A manifest that may go, and what of it is known beforehand. */
export interface Candidate {
  readonly digest: Digest;
  /** Of a referrer: the manifest that it is about. */
  readonly subject?: Digest | undefined;
}

/** What a repository says of who uses what. */
export interface Uses {
  /** Tags that name a manifest, without our own. */
  readonly tags: ReadonlyMap<string, readonly string[]>;
  /** What each index of the repository names of them; `undefined`: it cannot be read. */
  readonly indexes: ReadonlyMap<Digest, ReadonlySet<Digest> | undefined>;
  /** What has a manifest as its subject. */
  readonly referrers: ReadonlyMap<Digest, readonly Descriptor[]>;
  /** Why a manifest must stay whatever else is found: a declaration, a lock. */
  readonly held: ReadonlyMap<Digest, string>;
}

/**
 * Which of the manifests stay, and why: those that something else uses, and those that what stays
 * cannot do without. What they are to each other does not count as long as all of them go. Pure.
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
