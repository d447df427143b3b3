import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { isLater } from "../../../../provider/artifact/retention/isLater.js";

/** Times within one millisecond, written without trailing zeros as some registries do. */
const ascending = [
  "2024-06-20T20:46:30Z",
  "2024-06-20T20:46:30.0000001Z",
  "2024-06-20T20:46:30.000001Z",
  "2024-06-20T20:46:30.0000011Z",
  "2024-06-20T20:46:30.00001Z",
  "2024-06-20T20:46:30.1Z",
  "2024-06-20T20:46:30.1000001Z",
];

describe("isLater", () => {
  for (const [index, time] of ascending.entries()) {
    it(`${time}: after those before it, and no others`, () => {
      for (const [other, than] of ascending.entries()) {
        assert.equal(isLater(time, than), index > other, than);
      }
    });
  }

  it("other forms, to the millisecond", () => {
    const [utc, offset] = ["2024-06-20T20:46:30.002Z", "2024-06-20T22:46:30.001+02:00"];
    assert.deepEqual([isLater(utc, offset), isLater(offset, utc)], [true, false]);
  });
});
