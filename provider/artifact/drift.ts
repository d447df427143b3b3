import type { Digest } from "../oci/digest.js";
import type { Drift, DriftKind } from "./foundDrift.js";
import { describeAttributes, matches, type NamedAttributes, restrict } from "./lock.js";
import type { LiveArtifact, WantedArtifact } from "./inspect.js";

/** The value of `actual` for something that does not exist. */
export const ABSENT = "absent";

/** Compares the declared artifact with the live one. Pure. */
export function findDrift(wanted: WantedArtifact, live: LiveArtifact, base: string): Drift[] {
  return [
    ...wanted.tags.flatMap((tag) => tagDrift(tag, wanted.digest, live, base)),
    ...live.missing.manifests.map((digest) => absence("manifest-missing", digest, base)),
    ...live.missing.blobs.map((digest) => absence("blob-missing", digest, base)),
    ...(live.referrer === "unlisted" ? unlistedDrift(wanted, base) : []),
    ...live.missing.unlisted.flatMap((referrer) => unlistedDrift(referrer, base)),
    ...(wanted.lock === undefined ? [] : lockDrift(wanted, wanted.lock, live, base)),
  ];
}

function tagDrift(tag: string, expected: Digest, live: LiveArtifact, base: string): Drift[] {
  const found = live.tags.get(tag);
  const subject = `${base}:${tag}`;
  if (found === undefined) return [{ kind: "tag-deleted", subject, expected, actual: ABSENT }];
  if (found.digest === expected) return [];
  const since = found.lastUpdateTime;
  return [{ kind: "tag-moved", subject, expected, actual: found.digest, since }];
}

/** The drift of a missing manifest or blob. */
export function absence(kind: DriftKind, digest: Digest, base: string): Drift {
  return { kind, subject: `${base}@${digest}`, expected: digest, actual: ABSENT };
}

/** The drift of an artifact that exists, but is missing from the list of its subject's referrers. */
export function unlistedDrift(
  { digest, subject }: Pick<WantedArtifact, "digest" | "subject">,
  base: string,
): Drift[] {
  if (subject === undefined) return [];
  const kind = "referrer-unlisted";
  return [{ kind, subject: `${base}@${digest}`, expected: subject, actual: ABSENT }];
}

function lockDrift(
  wanted: WantedArtifact,
  lock: NamedAttributes,
  live: LiveArtifact,
  base: string,
): Drift[] {
  const ours = wanted.tags.filter((tag) => live.tags.get(tag)?.digest === wanted.digest);
  const subjects = [
    ...ours.map((tag) => ({ subject: `${base}:${tag}`, live: live.tags.get(tag)?.attributes })),
    { subject: `${base}@${wanted.digest}`, live: live.attributes },
  ];
  return subjects.flatMap(({ subject, live: attributes }) =>
    attributes === undefined || matches(attributes, lock)
      ? []
      : [
          {
            kind: "attributes-changed" as const,
            subject,
            expected: describeAttributes(lock),
            actual: describeAttributes(restrict(attributes, lock)),
          },
        ],
  );
}

/** Describes a drift in one sentence. */
export function describeDrift(drift: Drift): string {
  const since = drift.since === undefined ? "" : ` since ${drift.since}`;
  switch (drift.kind) {
    case "tag-moved":
      return `${drift.subject} was moved${since}: it names ${drift.actual}; declared: ${drift.expected}`;
    case "tag-deleted":
      return `${drift.subject} was deleted; declared: ${drift.expected}`;
    case "manifest-missing":
      return `${drift.subject} is missing: it was published, and somebody deleted it`;
    case "blob-missing":
      return `${drift.subject} is missing: the artifact cannot be pulled`;
    case "referrer-unlisted":
      return `${drift.subject} is no longer listed as a referrer of its subject, ${drift.expected}`;
    case "attributes-changed":
      return `${drift.subject} has ${drift.actual}${since}; declared: ${drift.expected}`;
  }
}
