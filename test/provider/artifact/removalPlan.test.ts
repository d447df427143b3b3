import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { planRemoval, type Uses } from "../../../provider/artifact/removalPlan.js";
import { type Digest, digestOf } from "../../../provider/oci/digest.js";

const d = (name: string): Digest => digestOf(name);
const [ROOT, CHILD, OTHER, SBOM, SIGNATURE] = ["root", "child", "other", "sbom", "signature"].map(
  d,
);

interface Given {
  readonly tags?: Readonly<Record<string, readonly string[]>>;
  readonly indexes?: Readonly<Record<string, readonly string[] | undefined>>;
  readonly referrers?: Readonly<Record<string, readonly string[]>>;
  readonly held?: Readonly<Record<string, string>>;
}

/** An index of two, an SBOM of one of them, a signature of the SBOM; all of them in the repository. */
const FAMILY = ["root", "child", "other", "sbom", "signature"];
const OWN_INDEXES = { root: ["child", "other"] };
const OWN_REFERRERS = { child: ["sbom"], sbom: ["signature"] };

const rows: readonly (readonly [string, Given, readonly string[]])[] = [
  ["nothing else uses any of them", {}, []],
  [
    "a tag on a child keeps it and what is about it",
    { tags: { child: ["theirs"] } },
    ["child", "sbom", "signature"],
  ],
  ["a tag on the root keeps all", { tags: { root: ["theirs"] } }, FAMILY],
  // Deleting a subject deletes what refers to it.
  [
    "a tag on a referrer keeps what it is about, but nothing that names that",
    { tags: { sbom: ["theirs"] } },
    ["child", "sbom", "signature"],
  ],
  ["an index of somebody else", { indexes: { theirs: ["other"] } }, ["other"]],
  [
    "an index that cannot be read might name any of them",
    { indexes: { theirs: undefined } },
    FAMILY,
  ],
  ["an index that names none of them", { indexes: { theirs: ["unrelated"] } }, []],
  ["a referrer of somebody else", { referrers: { other: ["theirs"] } }, ["other"]],
  [
    "a referrer of the root of somebody else keeps all",
    { referrers: { root: ["theirs"] } },
    FAMILY,
  ],
  ["a declaration", { held: { other: "urn has it too" } }, ["other"]],
];

describe("what a removal keeps", () => {
  for (const [name, given, expected] of rows) {
    it(name, () => {
      const { tags = {}, indexes = {}, referrers = {}, held = {} } = given;
      const uses: Uses = {
        tags: keyed(tags, (names) => names),
        indexes: keyed(
          { ...OWN_INDEXES, ...indexes },
          (names: readonly string[] | undefined) => names && new Set(names.map(d)),
        ),
        referrers: keyed(merged(OWN_REFERRERS, referrers), (names) =>
          names.map((one) => ({ mediaType: "a/b", digest: d(one), size: 1 })),
        ),
        held: keyed(held, (reason) => reason),
      };
      const kept = planRemoval(
        [
          { digest: ROOT as Digest },
          { digest: CHILD as Digest },
          { digest: OTHER as Digest },
          { digest: SBOM as Digest, subject: CHILD as Digest },
          { digest: SIGNATURE as Digest, subject: SBOM as Digest },
        ],
        uses,
      );
      assert.deepEqual(new Set(kept.keys()), new Set(expected.map(d)));
    });
  }

  it("gives the reason: its subject stays, or an index that names it", () => {
    const uses: Uses = {
      tags: new Map([[d("child"), ["a", "b", "c", "d", "e", "f"]]]),
      indexes: new Map(),
      referrers: new Map(),
      held: new Map(),
    };
    const kept = planRemoval(
      [{ digest: d("child") }, { digest: d("sbom"), subject: d("child") }],
      uses,
    );
    assert.deepEqual(
      [...kept.values()],
      ["other tags name it: a, b, c, d, e and 1 more", `${d("child")}, which it is about, stays`],
    );
  });
});

function keyed<T, U>(record: Readonly<Record<string, T>>, value: (one: T) => U): Map<Digest, U> {
  return new Map(Object.entries(record).map(([name, one]) => [d(name), value(one)]));
}

function merged(
  ours: Readonly<Record<string, readonly string[]>>,
  theirs: Readonly<Record<string, readonly string[]>>,
): Readonly<Record<string, readonly string[]>> {
  const names = new Set([...Object.keys(ours), ...Object.keys(theirs)]);
  return Object.fromEntries(
    [...names].map((name) => [name, [...(ours[name] ?? []), ...(theirs[name] ?? [])]]),
  );
}
