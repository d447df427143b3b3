import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { formatShare, formatSize } from "../../../provider/artifact/formatSize.js";

const KIB = 1024;
const MIB = 1024 * KIB;

describe("a size as it is shown", () => {
  const rows: readonly (readonly [number, string])[] = [
    [0, "0 B"],
    [1, "1 B"],
    [233, "233 B"],
    [1023, "1023 B"],
    [KIB, "1.0 KiB"],
    [4.52 * KIB, "4.5 KiB"],
    [1023.9 * KIB, "1023.9 KiB"],
    [1023.96 * KIB, "1.0 MiB"],
    [12.34 * MIB, "12.3 MiB"],
    [40 * MIB, "40.0 MiB"],
    [1023.96 * MIB, "1.0 GiB"],
    [1.2 * 1024 * MIB, "1.2 GiB"],
    [5_120 * 1024 * MIB, "5.0 TiB"],
  ];
  for (const [bytes, text] of rows) {
    it(`${bytes} bytes: ${text}`, () => {
      assert.equal(formatSize(bytes), text);
    });
  }

  it("shows a share in the unit of the whole", () => {
    assert.equal(formatShare(0, 40 * MIB), "0.0 of 40.0 MiB");
    assert.equal(formatShare(512 * KIB, 40 * MIB), "0.5 of 40.0 MiB");
    assert.equal(formatShare(100, 233), "100 of 233 B");
  });
});
