import assert from "node:assert/strict";
import { inflateRawSync } from "node:zlib";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import {
  DEFLATE_BLOCK_SIZE,
  DEFLATE_END,
  deflateBlock,
} from "../../../provider/tar/deflateBlock.js";
import { randomBytes, textBytes } from "../../golden/content.js";

function inflate(...blocks: Uint8Array[]): Buffer {
  return inflateRawSync(Buffer.concat([...blocks, DEFLATE_END]));
}

/** Repetitions, text and noise of every length, which end at every bit position. */
const blocks = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.tuple(fc.nat(255), fc.nat(70_000)).map(([byte, size]) => Buffer.alloc(size, byte)),
      fc.tuple(fc.nat(70_000), fc.nat()).map(([size, seed]) => textBytes(size, seed)),
      fc.tuple(fc.nat(70_000), fc.nat()).map(([size, seed]) => randomBytes(size, seed)),
    ),
    { maxLength: 8 },
  )
  .map((parts) => Buffer.concat(parts).subarray(0, DEFLATE_BLOCK_SIZE));

describe("deflateBlock", () => {
  it("gives blocks that zlib reads, concatenated in any order", () => {
    fc.assert(
      fc.property(blocks, blocks, (one, other) => {
        const [a, b] = [deflateBlock(one), deflateBlock(other)];
        assert.ok(inflate(a, b, a).equals(Buffer.concat([one, other, one])));
      }),
      { numRuns: 60 },
    );
  });

  for (const size of [0, 1, 2, 3, 8191, 8192, 8193, 32_768, 98_305, 163_841, 200_000, 1_048_576]) {
    it(`is right for ${size} bytes`, () => {
      for (const bytes of [textBytes(size), randomBytes(size), Buffer.alloc(size)]) {
        assert.ok(inflate(deflateBlock(bytes)).equals(bytes));
      }
    });
  }

  it("compresses text well", () => {
    assert.ok(deflateBlock(textBytes(DEFLATE_BLOCK_SIZE)).length < DEFLATE_BLOCK_SIZE * 0.4);
  });

  it("stores incompressible data quickly and with almost no overhead", () => {
    const bytes = randomBytes(DEFLATE_BLOCK_SIZE);
    const started = performance.now();
    const { length } = deflateBlock(bytes);
    assert.ok(length - bytes.length <= 5 * 32, `${length - bytes.length} bytes more`);
    assert.ok(performance.now() - started < 1000);
  });

  it("compresses the data between such parts", () => {
    const parts = [randomBytes(100_000), textBytes(400_000), randomBytes(100_000, 2)];
    const { length } = deflateBlock(Buffer.concat(parts));
    assert.ok(length < 200_000 + 400_000 * 0.6, String(length));
  });
});
