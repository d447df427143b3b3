import { compareBuild, parse, Range, type SemVer } from "semver";
import { InputError } from "../errors.js";

/** A tag that is a version. */
export interface TagVersion {
  readonly tag: string;
  readonly version: SemVer;
  /** Numbers written out: `1.2` has two. */
  readonly parts: number;
}

/** `v1.2.3`, `1.2`, with what semver.org allows behind it. A number alone is a date or a build more often. */
const VERSION = /^v?(\d+\.\d+)(\.\d+)?((?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?)$/i;

/** The version that a tag names; `undefined` if it is none. A tag cannot have `+`: Helm writes `_` for it. */
export function parseTagVersion(tag: string): TagVersion | undefined {
  const [, start, patch, rest] = VERSION.exec(tag.replace("_", "+")) ?? [];
  if (start === undefined) return undefined;
  const version = parse(`${start}${patch ?? ".0"}${rest ?? ""}`);
  return version === null ? undefined : { tag, version, parts: patch === undefined ? 2 : 3 };
}

/**
 * Precedence of semver.org; among versions that are equal there, build metadata in the same manner, then
 * the one that is written out (`1.2.0` before `1.2`), then the tag's bytes: the result depends on nothing else.
 */
export function compareTagVersions(a: TagVersion, b: TagVersion): number {
  return (
    compareBuild(a.version, b.version) ||
    a.parts - b.parts ||
    Buffer.compare(Buffer.from(a.tag), Buffer.from(b.tag))
  );
}

/** Tells whether a version is wanted. */
export type VersionTest = (version: SemVer) => boolean;

export function versionTest(
  range: string | undefined,
  prereleases: boolean | undefined,
): VersionTest {
  if (range === undefined) {
    return (version) => prereleases === true || version.prerelease.length === 0;
  }
  const parsed = parseRange(range, prereleases === true);
  return prereleases === false
    ? (version) => version.prerelease.length === 0 && parsed.test(version)
    : (version) => parsed.test(version);
}

function parseRange(range: string, includePrerelease: boolean): Range {
  try {
    return new Range(range, { includePrerelease });
  } catch (cause) {
    throw new InputError(
      "range",
      `${JSON.stringify(range)} is not a range of versions: expected for example "^1.2", "~1.2.3" or ">=1.2 <2"`,
      { cause },
    );
  }
}
