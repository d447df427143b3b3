import assert from "node:assert/strict";
import { runtime } from "@pulumi/pulumi";
import { describe, it } from "mocha";
import { containsUnknown, isUnknown, UNKNOWN } from "../../../provider/arguments/unknown.js";

describe("a value that is not known yet", () => {
  it("is the engine's own constant", () => {
    assert.equal(UNKNOWN, runtime.unknownValue);
  });

  const rows: readonly (readonly [string, unknown, boolean])[] = [
    ["the mark itself", UNKNOWN, true],
    ["in an object", { a: UNKNOWN }, true],
    ["in a list", ["a", UNKNOWN], true],
    ["deep inside", { a: [{ b: { c: ["d", { e: UNKNOWN }] } }] }, true],
    ["as a part of a text", `${UNKNOWN}!`, false],
    ["as a name", { [UNKNOWN]: "a" }, false],
    ["nowhere", { a: [1, true, null, "b", {}] }, false],
    ["in nothing", undefined, false],
    ["in null", null, false],
  ];
  for (const [where, value, found] of rows) {
    it(`is ${found ? "" : "not "}found ${where}`, () => {
      assert.equal(containsUnknown(value), found);
      assert.equal(isUnknown(value), value === UNKNOWN);
    });
  }
});
