import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { digestOf } from "../../../provider/oci/digest.js";
import { DigestSet } from "../../../provider/oci/digestSet.js";

describe("DigestSet", () => {
  it("contains what was added, and nothing else", () => {
    const set = new DigestSet();
    const some = Array.from({ length: 5_000 }, (_, at) => digestOf(String(at)));
    for (const digest of some) assert.ok(set.add(digest));
    for (const digest of some) assert.ok(set.has(digest) && !set.add(digest));
    assert.equal(set.size, some.length);
    for (let at = 0; at < 5_000; at++) assert.ok(!set.has(digestOf(`other ${at}`)));
    const zeros = `sha256:${"0".repeat(64)}`;
    assert.ok(!set.has(zeros) && set.add(zeros) && set.has(zeros));
  });
});
