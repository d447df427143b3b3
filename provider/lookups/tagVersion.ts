import { compareBuild, parse, Range, type SemVer } from "semver";
import { InputError } from "../errors.js";

/** A tag that is a version. */
export interface TagVersion {
  readonly tag: string;
  readonly version: SemVer;
  /** How many numbers the tag has: two in `1.2`. */
  readonly parts: number;
}

/**
 * `v1.2.3` or `1.2`, followed by what semver.org allows. A bare number is more often a date or a build.
 */
const VERSION = /^v?(\d+\.\d+)(\.\d+)?((?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?)$/i;

/**
 * The version in a tag; `undefined` if it has none. Tags cannot contain `+`, so Helm writes `_` instead.
 */
export function parseTagVersion(tag: string): TagVersion | undefined {
  const [, start, patch, rest] = VERSION.exec(tag.replace("_", "+")) ?? [];
  if (start === undefined) return undefined;
  const version = parse(`${start}${patch ?? ".0"}${rest ?? ""}`);
  return version === null ? undefined : { tag, version, parts: patch === undefined ? 2 : 3 };
}

/**
 * Orders by the precedence of semver.org. Equal versions are ordered by build metadata in the same way,
 * then the one with more numbers is higher (`1.2.0` above `1.2`), then by the bytes of the tag, so that
 * the result is always the same.
 */
export function compareTagVersions(a: TagVersion, b: TagVersion): number {
  return (
    compareBuild(a.version, b.version) ||
    a.parts - b.parts ||
    Buffer.compare(Buffer.from(a.tag), Buffer.from(b.tag))
  );
}

/** Tells whether a version is selected. */
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
