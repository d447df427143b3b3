import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { describe, it } from "mocha";
import { expandLayer } from "../../../provider/lookups/expandLayer.js";
import { collect } from "../tar/archives.js";

async function* pieces(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += length) {
    yield await Promise.resolve(bytes.subarray(start, start + length));
  }
}

describe("expandLayer", () => {
  const content = Buffer.from("plain content ".repeat(100));
  for (const length of [1, 3, 4, 5, 10_000]) {
    it(`expands compressed and plain content, in pieces of ${length}`, async () => {
      assert.deepEqual(await collect(expandLayer(pieces(gzipSync(content), length))), content);
      assert.deepEqual(await collect(expandLayer(pieces(content, length))), content);
    });
  }

  it("handles empty and very short content", async () => {
    assert.equal((await collect(expandLayer(pieces(Buffer.from(""), 1)))).length, 0);
    assert.equal((await collect(expandLayer(pieces(Buffer.from("ab"), 1)))).toString(), "ab");
  });

  it("ends a bomb at the limit, without holding what it expands to", async () => {
    const bomb = gzipSync(Buffer.alloc(64 << 20));
    const limit = 16 << 20;
    let seen = 0;
    const read = async (): Promise<void> => {
      for await (const piece of expandLayer(pieces(bomb, 1024), limit)) seen += piece.length;
    };
    await assert.rejects(read(), { code: "PROTOCOL", message: /holds more than 16777216/ });
    assert.ok(seen <= limit);
  });

  it("closes the source when reading stops", async () => {
    let closed = false;
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield await Promise.resolve(content);
      } finally {
        closed = true;
      }
    }
    for await (const piece of expandLayer(endless())) if (piece.length > 0) break;
    assert.equal(closed, true);
  });
});
