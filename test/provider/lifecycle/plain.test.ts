import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { sameJson, withoutUndefined } from "../../../provider/lifecycle/plain.js";

const anything = fc.anything({
  values: [fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.constant(undefined)],
  withNullPrototype: false,
});

describe("plain values", () => {
  const rows: readonly (readonly [unknown, unknown])[] = [
    [{ a: undefined, b: 1 }, { b: 1 }],
    [{ a: { b: undefined, c: null } }, { a: { c: null } }],
    [{ a: [{ b: undefined }, "c"] }, { a: [{}, "c"] }],
    ["text", "text"],
    [null, null],
    [[], []],
    [
      ["a", undefined],
      ["a", null],
    ],
  ];
  for (const [value, expected] of rows) {
    it(`lose what is undefined: ${JSON.stringify(value)}`, () => {
      assert.deepEqual(withoutUndefined(value), expected);
    });
  }

  it("hold nothing undefined at any depth", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), anything), (value) => {
        assert.ok(!hasUndefinedMember(withoutUndefined(value)));
      }),
    );
  });

  it("are not changed themselves", () => {
    const value = Object.freeze({ a: undefined, b: Object.freeze({ c: undefined }) });
    assert.deepEqual(withoutUndefined(value), { b: {} });
  });

  const pairs: readonly (readonly [unknown, unknown, boolean])[] = [
    [{ a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 }, true],
    [[{ a: 1, b: 2 }], [{ b: 2, a: 1 }], true],
    [[1, 2], [2, 1], false],
    [{ a: undefined }, {}, true],
    [{ a: null }, {}, false],
    ["1", 1, false],
    [{}, [], false],
    [null, {}, false],
  ];
  for (const [a, b, same] of pairs) {
    it(`${JSON.stringify(a)} and ${JSON.stringify(b)} are ${same ? "" : "not "}the same`, () => {
      assert.equal(sameJson(a, b), same);
      assert.equal(sameJson(b, a), same);
    });
  }
});

function hasUndefinedMember(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some((one) => one === undefined || hasUndefinedMember(one));
}
