import { fitsAny } from "./tagPattern.js";

/** What a policy keeps. Whatever one of the keep rules keeps stays. */
export interface RetentionRules {
  readonly keepNewest?: number;
  /** As written, for reasons. */
  readonly keepNewerThan?: string;
  /** What was updated at this time (milliseconds since 1970) or later stays. */
  readonly cutoff?: number;
  readonly keepTags: readonly string[];
  /** Only these tags expire; absent: every tag, and what has none. */
  readonly expireTags?: readonly string[];
  readonly untaggedOnly: boolean;
  readonly includeLocked: boolean;
  /** Manifests that the registry counts and does not list are left out of account. */
  readonly ignoreHidden?: boolean;
}

/** What the program declares in the repository: never a victim. */
export interface Declared {
  readonly digest: (digest: string) => boolean;
  readonly tag: (tag: string) => boolean;
}

export interface TagVerdict {
  /** Tags that go. */
  readonly expiring: readonly string[];
  /** A tag is left, so that the manifest stays. */
  readonly staying: boolean;
}

/**
 * Which of a manifest's ordinary tags may expire; `undefined`: nothing of it may, whatever its age.
 * Without `expireTags` a manifest is one thing: a tag that is kept keeps it with all of its tags.
 */
export function judgeTags(
  rules: RetentionRules,
  declared: Declared,
  tags: readonly string[],
): TagVerdict | undefined {
  const isKept = (tag: string): boolean => declared.tag(tag) || fitsAny(tag, rules.keepTags);
  if (rules.untaggedOnly) return tags.length > 0 ? undefined : { expiring: [], staying: false };
  const { expireTags } = rules;
  if (expireTags === undefined) {
    return tags.some(isKept) ? undefined : { expiring: tags, staying: false };
  }
  const expiring = tags.filter((tag) => fitsAny(tag, expireTags) && !isKept(tag));
  if (expiring.length === 0) return undefined;
  return { expiring, staying: expiring.length < tags.length };
}

/** A time that cannot be read counts as new. */
export function isYoung({ cutoff }: RetentionRules, lastUpdateTime: string): boolean {
  return cutoff !== undefined && !(Date.parse(lastUpdateTime) < cutoff);
}

/** Why something goes: the same words at every run, so that only another victim is another plan. */
export function reasonToGo(
  rules: RetentionRules,
  tags: readonly string[],
  { expiring }: TagVerdict,
): string {
  const patterns = (rules.expireTags ?? []).filter((pattern) =>
    expiring.some((tag) => fitsAny(tag, [pattern])),
  );
  const parts = [
    ...(patterns.length > 0 ? [`tagged ${patterns.join(" or ")}`] : []),
    ...(tags.length === 0 ? ["without a tag"] : []),
    ...(rules.keepNewerThan === undefined ? [] : [`older than ${rules.keepNewerThan}`]),
    ...(rules.keepNewest === undefined ? [] : [`not among the ${rules.keepNewest} newest`]),
  ];
  return parts.length === 0 ? "no rule keeps it" : parts.join(", ");
}
