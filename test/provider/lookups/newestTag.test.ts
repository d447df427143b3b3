import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { findNewestTag } from "../../../provider/lookups/newestTag.js";
import type { NewestTagQuery } from "../../../provider/lookups/queries.js";
import { eachWithLookups, type LookupScene } from "./lookedUp.js";

const REPOSITORY = "charts/web";

describe("findNewestTag", () => {
  let scene: LookupScene;
  eachWithLookups((fresh) => (scene = fresh), { pageSize: 3, largestPage: 3 });

  const newest = (query: Omit<NewestTagQuery, "repository">): ReturnType<typeof findNewestTag> =>
    findNewestTag({ repository: REPOSITORY, ...query }, scene.context);

  it("by time: the tag that was last moved, in one request", async () => {
    const one = await scene.somebody.publish("one", "1.0.0");
    await scene.somebody.publish("two", "2.0.0");
    await scene.somebody.publish("three", "latest");
    await scene.somebody.tag("2.0.0", one);
    scene.requests();
    const found = await newest({ by: "time" });
    assert.deepEqual(scene.requests(), [`GET /acr/v1/${REPOSITORY}/_tags?n=1&orderby=timedesc`]);
    assert.equal(found.name, "2.0.0");
    assert.equal(found.digest, one);
    assert.equal(found.reference, `${found.loginServer}/${REPOSITORY}:2.0.0`);
    assert.equal("version" in found, false);
  });

  it("by time with a pattern: as many pages as it takes", async () => {
    for (let number = 0; number < 8; number += 1) {
      await scene.somebody.publish(`${number}`, number === 3 ? "stable" : `build-${number}`);
    }
    scene.requests();
    assert.equal((await newest({ by: "time", matching: "stable" })).name, "stable");
    assert.equal(scene.requests().length, 2);
  });

  it("by version: whatever the order of publishing", async () => {
    const tags = ["1.10.0", "1.9.0", "1.11.0-rc.1", "latest", "20240131", "v1.2.0", "1.2.3_b"];
    const digests = new Map<string, string>();
    for (const tag of tags) digests.set(tag, await scene.somebody.publish(tag, tag));
    const rows: readonly [Omit<NewestTagQuery, "repository" | "by">, string, string][] = [
      [{}, "1.10.0", "1.10.0"],
      [{ prereleases: true }, "1.11.0-rc.1", "1.11.0-rc.1"],
      [{ range: "~1.2" }, "1.2.3_b", "1.2.3+b"],
      [{ range: ">=1.2 <1.2.3" }, "v1.2.0", "1.2.0"],
      [{ matching: "v*" }, "v1.2.0", "1.2.0"],
      [{ range: "^1.11.0-0" }, "1.11.0-rc.1", "1.11.0-rc.1"],
    ];
    for (const [query, tag, version] of rows) {
      const found = await newest({ by: "semver", ...query });
      assert.deepEqual([found.name, found.version], [tag, version]);
      assert.equal(found.digest, digests.get(tag));
    }
    scene.requests();
    await newest({ by: "semver" });
    assert.equal(scene.requests().length, 3);
  });

  it("says what it looked for if there is none", async () => {
    await scene.somebody.publish("hello", "latest");
    const name = `${scene.emulator.loginServer}/${REPOSITORY}`;
    const rows: readonly [Omit<NewestTagQuery, "repository">, string][] = [
      [{ by: "semver" }, `${name} has no tag that is a version and no pre-release`],
      [
        { by: "semver", range: "^2", prereleases: true },
        `${name} has no tag that is a version in the range "^2"`,
      ],
      [{ by: "time", matching: "v*" }, `${name} has no tag that matches "v*"`],
    ];
    for (const [query, message] of rows) {
      await assert.rejects(newest(query), { code: "NOT_FOUND", message });
    }
  });
});
