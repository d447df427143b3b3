import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { encodeHeader, paddingLength, type HeaderFields } from "../../../provider/tar/tarHeader.js";
import { readGolden } from "../../golden/golden.js";
import { sha256 } from "./archives.js";

interface Vector extends HeaderFields {
  readonly title: string;
  readonly length: number;
  readonly sha256: string;
}

describe("encodeHeader", () => {
  describe("writes what Go's archive/tar writes for", () => {
    for (const { title, length, sha256: expected, ...fields } of readGolden(
      "tarHeaders.json",
    ) as Vector[]) {
      it(title, () => {
        const header = encodeHeader(fields);
        assert.equal(header.length, length);
        assert.equal(sha256(header), `sha256:${expected}`);
      });
    }
  });

  it("fills the last block of the content", () => {
    const lengths = [0, 1, 511, 512, 513, 2 ** 33 + 1].map(paddingLength);
    assert.deepEqual(lengths, [0, 511, 1, 0, 511, 511]);
  });
});
