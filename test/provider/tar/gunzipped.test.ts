import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { describe, it } from "mocha";
import { BoundExceeded, gunzipped } from "../../../provider/tar/gunzipped.js";
import { collect } from "./archives.js";

const MIB = 1 << 20;
const CONTENT = Buffer.from("content ".repeat(1000));

interface Pieces extends AsyncIterable<Uint8Array> {
  /** Number of requested pieces. */
  readonly taken: () => number;
  /** Resolves when reading has ended. */
  readonly closed: Promise<void>;
}

/** The bytes in pieces of a thousand. */
function pieces(bytes: Uint8Array): Pieces {
  let taken = 0;
  let close: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => (close = resolve));
  async function* read(): AsyncGenerator<Uint8Array> {
    try {
      for (let start = 0; start < bytes.length; start += 1000) {
        taken += 1;
        yield await Promise.resolve(bytes.subarray(start, start + 1000));
      }
    } finally {
      close();
    }
  }
  return { [Symbol.asyncIterator]: read, taken: () => taken, closed };
}

describe("gunzipped", () => {
  it("reads all members", async () => {
    const two = Buffer.concat([gzipSync(CONTENT), gzipSync(CONTENT)]);
    const options = { limit: MIB, size: two.length };
    const read = await collect(gunzipped(pieces(two), options));
    assert.deepEqual(read, Buffer.concat([CONTENT, CONTENT]));
  });

  it("accepts exactly the allowed size, and not one byte more", async () => {
    const zipped = gzipSync(CONTENT);
    const read = await collect(gunzipped(pieces(zipped), { limit: CONTENT.length }));
    assert.deepEqual(read, CONTENT);
    const limit = CONTENT.length - 1;
    await assert.rejects(collect(gunzipped(pieces(zipped), { limit })), {
      code: "PROTOCOL",
      message: `it holds more than ${limit} bytes`,
    });
  });

  for (const [what, bomb] of [
    ["a bomb", gzipSync(Buffer.alloc(256 * MIB))],
    ["a bomb of many members", Buffer.concat(Array<Buffer>(256).fill(gzipSync(Buffer.alloc(MIB))))],
  ] as const) {
    it(`ends ${what} at the limit, and closes its source`, async () => {
      const source = pieces(bomb);
      let seen = 0;
      const read = async (): Promise<void> => {
        for await (const piece of gunzipped(source, { limit: MIB })) seen += piece.length;
      };
      await assert.rejects(read(), BoundExceeded);
      assert.ok(seen <= MIB);
      // Apart from the result, only what is buffered between the streams is read.
      const all = Math.ceil(bomb.length / 1000);
      assert.ok(source.taken() < 80, `${source.taken()} pieces of ${all}`);
      await source.closed;
    });
  }

  const zipped = gzipSync(CONTENT);
  const damaged: Readonly<Record<string, readonly [Buffer, RegExp]>> = {
    "plain text": [CONTENT, /^it is not gzip, or damaged \(Z_DATA_ERROR\)$/],
    "an end that is missing": [zipped.subarray(0, -10), /not gzip, or damaged \(Z_BUF_ERROR\)/],
    "a byte that is another": [
      Buffer.from(zipped).fill(0xff, 20, 22),
      /not gzip, or damaged \(Z_DATA_ERROR\)/,
    ],
    "zeros behind it": [
      Buffer.concat([zipped, Buffer.alloc(600)]),
      /^bytes follow the end of the compressed content$/,
    ],
  };
  for (const [what, [bytes, message]] of Object.entries(damaged)) {
    it(`refuses ${what}`, async () => {
      const read = collect(gunzipped(pieces(bytes), { limit: MIB, size: bytes.length }));
      await assert.rejects(read, { code: "PROTOCOL", message });
    });
  }

  it("throws the source's error unchanged", async () => {
    const failure = new Error("the source failed");
    const source = {
      async *[Symbol.asyncIterator]() {
        yield await Promise.resolve(zipped.subarray(0, 20));
        throw failure;
      },
    };
    await assert.rejects(collect(gunzipped(source, { limit: MIB })), (error) => error === failure);
  });

  it("ends at an abort", async () => {
    const controller = new AbortController();
    const endless = {
      async *[Symbol.asyncIterator]() {
        yield await Promise.resolve(zipped.subarray(0, 20));
        controller.abort();
        await new Promise(() => undefined);
      },
    };
    const { signal } = controller;
    await assert.rejects(collect(gunzipped(endless, { limit: MIB, signal })), {
      name: "AbortError",
    });
  });
});
