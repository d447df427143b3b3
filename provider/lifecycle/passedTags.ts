import type { Tag } from "../oci/reference.js";
import type { AttributeStore } from "../registry/repository.js";
import type { Host } from "./host.js";
import { openOwnLock } from "./openOwnLock.js";
import type { Operation } from "./operation.js";
import { type Claim, knownOf, type OwnLock, ownLocksOf } from "./ownership.js";

/** A tag that passes from one resource to another. */
export interface PassedTag {
  readonly tag: Tag;
  /** URN of the resource that had it. */
  readonly from: string;
  /** What that resource owns. */
  readonly claim: Claim;
  /** What that resource locked on it. */
  readonly locks: readonly OwnLock[];
}

/** The tags of a resource that another resource had until now. */
export function tagsTaken(host: Host, base: string, tags: readonly Tag[]): readonly PassedTag[] {
  return tags.flatMap((tag) => {
    const former = host.ownership.formerOwner(base, tag);
    if (former === undefined) return [];
    const { urn: from, claim } = former;
    return [{ tag, from, claim, locks: ownLocksOf(claim) }];
  });
}

/** The digest that the tag had, as far as its former resource knows. */
export function knownByFormer(
  passed: readonly PassedTag[],
  tag: Tag,
  live: string | undefined,
): string | undefined {
  return knownOf(passed.find((one) => one.tag === tag)?.claim, tag, live);
}

/** Those of a resource's given-up tags that another resource declares. */
export function tagsGiven(
  host: Host,
  urn: string,
  claim: Claim,
  tags: readonly Tag[],
): readonly PassedTag[] {
  const others = host.ownership.declaredElsewhere(urn, claim.repository);
  const locks = ownLocksOf(claim);
  return tags
    .filter((tag) => others.some((other) => tag in other.tags))
    .map((tag) => ({ tag, from: urn, claim, locks }));
}

/**
 * Opens what the former owner locked on its tags, unless another resource of the program, such as the new
 * owner, locks them, too. A lock ends with the resource that set it; otherwise nobody would ever open it.
 * The engine may process either of the two first, so both do this. Returns whether anything was opened.
 */
export async function openPassedTags(
  host: Host,
  attributes: AttributeStore,
  base: string,
  passed: readonly PassedTag[],
  operation: Operation,
): Promise<boolean> {
  let opens = false;
  for (const { tag, from: urn, locks } of passed) {
    if (locks.length === 0) continue;
    const subject = { urn, base, subject: tag };
    opens = (await openOwnLock(host, attributes, subject, locks, operation)) || opens;
  }
  return opens;
}
