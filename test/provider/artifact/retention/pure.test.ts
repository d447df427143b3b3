import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { parseAge } from "../../../../provider/artifact/retention/age.js";
import { splitTags } from "../../../../provider/artifact/retention/digestTag.js";
import { groupsOf } from "../../../../provider/artifact/retention/groups.js";
import {
  describePlan,
  describeVictim,
  planFor,
} from "../../../../provider/artifact/retention/plan.js";
import type { RetentionVictim } from "../../../../provider/artifact/retention/retentionPlan.js";
import { fitsPattern } from "../../../../provider/artifact/retention/tagPattern.js";

const HEX = "a".repeat(64);

describe("patterns of tags", () => {
  const rows: readonly [pattern: string, fits: readonly string[], not: readonly string[]][] = [
    ["v1", ["v1"], ["v", "v11", "xv1"]],
    ["v*", ["v", "v1", "v1.2"], ["xv1"]],
    ["*-rc?", ["1-rc1", "-rcx"], ["1-rc", "1-rc12"]],
    ["*", ["", "x"], []],
    ["pr-*-*", ["pr-1-2", "pr--"], ["pr-1"]],
    ["*.*.0", ["1.2.0", "1.2.3.0"], ["1.20"]],
    // Only the two wild cards are special.
    ["v.1", ["v.1"], ["vx1"]],
  ];
  for (const [pattern, fits, not] of rows) {
    it(pattern, () => {
      for (const tag of fits) assert.ok(fitsPattern(tag, pattern), tag);
      for (const tag of not) assert.ok(!fitsPattern(tag, pattern), tag);
    });
  }

  it("agree with the equivalent regular expression", () => {
    const letters = fc.string({ unit: fc.constantFrom("a", "b", "*", "?"), maxLength: 8 });
    const tags = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 10 });
    fc.assert(
      fc.property(letters, tags, (pattern, tag) => {
        const same = new RegExp(`^${pattern.replaceAll("?", ".").replaceAll("*", ".*")}$`);
        assert.equal(fitsPattern(tag, pattern), same.test(tag));
      }),
    );
  });

  it("never hang, whatever the pattern", () => {
    assert.ok(!fitsPattern("a".repeat(128), `${"*a".repeat(60)}*b`));
  });
});

describe("ages", () => {
  const rows: Record<string, number> = {
    "90m": 5_400_000,
    "12h": 43_200_000,
    "30d": 2_592_000_000,
    "2w": 1_209_600_000,
    "36525d": 3_155_760_000_000,
  };
  for (const [written, ms] of Object.entries(rows)) {
    it(written, () => assert.equal(parseAge(written), ms));
  }
  for (const written of [
    "",
    "30",
    "d",
    "-1d",
    "1.5d",
    "0d",
    "1y",
    "1 d",
    "36526d",
    "99999999999999m",
  ]) {
    it(`not ${JSON.stringify(written)}`, () =>
      assert.throws(() => parseAge(written), { code: "INPUT_INVALID", property: "keepNewerThan" }));
  }
});

describe("tags that are made of digests", () => {
  it("belong to their subject, and do not count as names", () => {
    const digest = `sha256:${HEX}`;
    const special = ["", ".sig", ".att", ".sbom"].map((suffix) => `sha256-${HEX}${suffix}`);
    const ordinary = ["v1", `sha256-${HEX.slice(1)}`, `sha256-${HEX}.SIG`, `x-sha256-${HEX}`];
    assert.deepEqual(splitTags([...special, ...ordinary]), {
      ordinary,
      subjects: [digest, digest, digest, digest],
    });
    assert.deepEqual(splitTags([`sha512-${HEX}${HEX}`]).subjects, [`sha512:${HEX}${HEX}`]);
  });
});

describe("a plan in words", () => {
  const victim = (
    tags: readonly string[],
    kind: RetentionVictim["kind"] = "manifest",
  ): RetentionVictim => ({
    ...{ kind, digest: `sha256:${HEX}`, tags, reason: "older than 30d" },
    ...{ size: 3 * 1024 ** 2, lastUpdateTime: "2024-01-01T00:00:00.0000000Z" },
  });
  const rows: readonly [readonly RetentionVictim[], string][] = [
    [[], "nothing"],
    [[victim(["v1"])], "1 manifest, at most 3.0 MiB of layers"],
    [[victim([]), victim([])], "2 manifests, at most 6.0 MiB of layers"],
    [[victim(["a"], "tags")], "1 tag"],
    [[victim([]), victim(["a", "b"], "tags")], "1 manifest and 2 tags, at most 3.0 MiB of layers"],
  ];
  for (const [victims, words] of rows) {
    it(words, () => assert.equal(describePlan(planFor(victims)), words));
  }

  it("and its victims", () => {
    const shown = `sha256:${HEX.slice(0, 12)}…`;
    assert.equal(describeVictim(victim([])), `${shown}: older than 30d`);
    assert.equal(describeVictim(victim(["a"])), `${shown} (a): older than 30d`);
    assert.equal(describeVictim(victim(["a"], "tags")), `a of ${shown}: older than 30d`);
    const many = ["a", "b", "c", "d", "e", "f", "g"];
    assert.equal(
      describeVictim(victim(many)),
      `${shown} (a, b, c, d, e and 2 more): older than 30d`,
    );
  });
});

describe("the order of deletion", () => {
  const victim = (digest: string, ...goesWith: string[]): RetentionVictim => ({
    ...{ kind: "manifest", digest, tags: [], reason: "", lastUpdateTime: "", goesWith },
  });
  const rows: Record<string, [victims: RetentionVictim[], groups: string[][]]> = {
    "nothing hangs together": [
      [victim("a"), victim("b")],
      [["a"], ["b"]],
    ],
    "a child after its indexes": [
      [victim("child", "one", "two"), victim("other"), victim("one"), victim("two")],
      [["one", "two", "child"], ["other"]],
    ],
    "a chain": [[victim("c", "b"), victim("b", "a"), victim("a")], [["a", "b", "c"]]],
    "what is no victim counts for nothing": [[victim("a", "gone")], [["a"]]],
  };
  for (const [name, [victims, groups]] of Object.entries(rows)) {
    it(name, () => {
      const found = groupsOf(victims).map((group) => group.map(({ digest }) => digest).sort());
      assert.deepEqual(found.sort(), groups.map((group) => [...group].sort()).sort());
      for (const group of groupsOf(victims)) {
        const placed = group.map(({ digest }) => digest);
        for (const { digest, goesWith = [] } of group) {
          const before = goesWith.filter((other) => placed.includes(other));
          for (const other of before) {
            assert.ok(placed.indexOf(other) < placed.indexOf(digest), `${other} before ${digest}`);
          }
        }
      }
    });
  }

  it("a circle has an end, and a long chain no deep stack", () => {
    assert.equal(groupsOf([victim("a", "b"), victim("b", "a")])[0]?.length, 2);
    const chain = Array.from({ length: 50_000 }, (_, at) => victim(String(at), String(at + 1)));
    assert.equal(groupsOf(chain).length, 1);
  });
});
