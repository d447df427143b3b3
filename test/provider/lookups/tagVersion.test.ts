import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import {
  compareTagVersions,
  parseTagVersion,
  type TagVersion,
  versionTest,
} from "../../../provider/lookups/tagVersion.js";

function versionOf(tag: string): TagVersion {
  const version = parseTagVersion(tag);
  if (version === undefined) throw new Error(`${tag} is no version`);
  return version;
}

/** The order of semver.org, section 11, extended by tags: each is newer than the one before. */
const ASCENDING = [
  "1.0.0-alpha",
  "1.0.0-alpha.1",
  "1.0.0-alpha.beta",
  "1.0.0-beta",
  "1.0.0-beta.2",
  "1.0.0-beta.11",
  "1.0.0-rc.1",
  "1.0.0",
  "1.0.0_build.1",
  "1.0.0_build.2",
  "V1.1-rc1",
  "1.1",
  "v1.1.0",
  "1.2.3",
  "1.9.0",
  "1.10.0",
  "2.0",
  "10.0.0",
];

describe("parseTagVersion", () => {
  const versions: readonly [tag: string, version: string][] = [
    ["1.2.3", "1.2.3"],
    ["v1.2.3", "1.2.3"],
    ["1.2", "1.2.0"],
    ["v1.2-rc.1", "1.2.0-rc.1"],
    ["1.2.3_build", "1.2.3"],
    ["1.2.3-rc.1_5.x", "1.2.3-rc.1"],
    ["0.0.0", "0.0.0"],
  ];
  for (const [tag, version] of versions) {
    it(`${tag} is ${version}`, () => assert.equal(versionOf(tag).version.version, version));
  }

  const others = [
    ...["latest", "1", "20240131", "1.2.3.4", "01.2.3", "1.02", "1.2.", "v", "vv1.2.3"],
    ...["1.2.3-", "1.2.3-01", "1.2.3_a_b", "release-1.2.3", "1.x", "99999999999999999999.0.0"],
  ];
  for (const tag of others) {
    it(`${tag} is not a version`, () => assert.equal(parseTagVersion(tag), undefined));
  }
});

describe("compareTagVersions", () => {
  it("has the order of semver.org, from any order", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(ASCENDING, { minLength: ASCENDING.length }), (tags) => {
        const sorted = tags.map(versionOf).sort(compareTagVersions);
        assert.deepEqual(
          sorted.map(({ tag }) => tag),
          ASCENDING,
        );
      }),
    );
  });
});

describe("versionTest", () => {
  const rows: readonly [
    range: string | undefined,
    prereleases: boolean | undefined,
    tag: string,
    wanted: boolean,
  ][] = [
    [undefined, undefined, "1.0.0", true],
    [undefined, undefined, "1.0.0-rc.1", false],
    [undefined, true, "1.0.0-rc.1", true],
    ["^1.2", undefined, "1.9.9", true],
    ["^1.2", undefined, "2.0.0", false],
    ["^1.2", undefined, "1.3.0-rc.1", false],
    ["^1.2", true, "1.3.0-rc.1", true],
    ["^1.2", true, "2.0.0-rc.1", false],
    ["^1.2.0-rc.1", undefined, "1.2.0-rc.2", true],
    ["^1.2.0-rc.1", false, "1.2.0-rc.2", false],
    [">=1 <2 || 3.x", undefined, "3.4", true],
  ];
  for (const [range, prereleases, tag, wanted] of rows) {
    it(`${range} ${prereleases}: ${tag} is ${wanted ? "" : "not "}wanted`, () => {
      assert.equal(versionTest(range, prereleases)(versionOf(tag).version), wanted);
    });
  }
});
