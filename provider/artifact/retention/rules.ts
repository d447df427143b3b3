import { fitsAny } from "./tagPattern.js";

/** What a policy keeps. One keep rule suffices to keep a manifest. */
export interface RetentionRules {
  readonly keepNewest?: number;
  /** As written, for the reasons. */
  readonly keepNewerThan?: string;
  /** Manifests updated at this time (milliseconds since 1970) or later are kept. */
  readonly cutoff?: number;
  readonly keepTags: readonly string[];
  /** Only these tags expire. Absent: all tags, and manifests without tags. */
  readonly expireTags?: readonly string[];
  readonly untaggedOnly: boolean;
  readonly includeLocked: boolean;
  /** Whether to ignore manifests that the registry counts but does not list. */
  readonly ignoreHidden?: boolean;
}

/** What the program declares in the repository, which is never deleted. */
export interface Declared {
  readonly digest: (digest: string) => boolean;
  readonly tag: (tag: string) => boolean;
}

export interface TagVerdict {
  /** Tags to delete. */
  readonly expiring: readonly string[];
  /** Whether a tag remains, so that the manifest stays. */
  readonly staying: boolean;
}

/**
 * Which of a manifest's ordinary tags may expire; `undefined` if the manifest is kept whatever its age.
 * Without `expireTags`, one kept tag keeps the manifest with all of its tags.
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

/** Whether the manifest is too new to expire. An unreadable time counts as new. */
export function isYoung({ cutoff }: RetentionRules, lastUpdateTime: string): boolean {
  return cutoff !== undefined && !(Date.parse(lastUpdateTime) < cutoff);
}

/**
 * Why something is deleted. The words are the same at every run, so that a plan only changes with its
 * victims.
 */
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
