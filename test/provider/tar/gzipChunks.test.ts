import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import * as fc from "fast-check";
import { after, describe, it } from "mocha";
import { COMPRESSOR } from "../../../provider/tar/deflateBlock.js";
import { DeflatePool } from "../../../provider/tar/deflatePool.js";
import { gzipChunks } from "../../../provider/tar/gzipChunks.js";
import { randomBytes, textBytes } from "../../golden/content.js";
import { readGolden } from "../../golden/golden.js";
import { collect, sha256 } from "./archives.js";

const MiB = 1024 * 1024;

/** Content of each kind that is treated differently. */
const CONTENTS: Readonly<Record<string, () => Buffer>> = {
  nothing: () => Buffer.alloc(0),
  "one byte": () => Buffer.from("a"),
  text: () => textBytes(3 * MiB + 17),
  noise: () => randomBytes(2 * MiB + 1),
  zeros: () => Buffer.alloc(4 * MiB),
  "exactly one block": () => textBytes(MiB),
  "exactly two blocks": () => textBytes(2 * MiB),
  "a mixture": () =>
    Buffer.concat([
      randomBytes(700_000),
      textBytes(1_500_000),
      Buffer.alloc(90_000),
      randomBytes(5),
    ]),
};

async function* cut(bytes: Uint8Array, sizes: Iterable<number>): AsyncGenerator<Uint8Array> {
  let from = 0;
  for (const size of sizes) {
    if (from >= bytes.length) return;
    yield await Promise.resolve(bytes.subarray(from, from + size));
    from += size;
  }
  yield bytes.subarray(from);
}

describe("gzipChunks", () => {
  const pools = [1, 2, 3].map((threads) => new DeflatePool(threads));
  after(() => Promise.all(pools.map((pool) => pool.close())));

  describe(`gives for ever the same bytes under the name ${COMPRESSOR}`, () => {
    const golden = readGolden("gzip.json") as Record<string, Record<string, string>>;
    for (const [name, content] of Object.entries(CONTENTS)) {
      it(`for ${name}`, async () => {
        const bytes = content();
        for (const pool of pools) {
          const zipped = await collect(gzipChunks(cut(bytes, []), { pool }));
          assert.equal(sha256(zipped), golden[COMPRESSOR]?.[name]);
          assert.ok(gunzipSync(zipped).equals(bytes));
        }
      });
    }
  });

  it("is read by gzip", async () => {
    const zipped = await collect(gzipChunks(cut(textBytes(2_500_000), [])));
    execFileSync("gzip", ["-t"], { input: zipped, stdio: ["pipe", "pipe", "pipe"] });
    assert.deepEqual([...zipped.subarray(0, 10)], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
  });

  it("does not depend on how the content arrives", async () => {
    const bytes = textBytes(MiB + 300_000);
    const expected = sha256(await collect(gzipChunks(cut(bytes, []))));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(400_000), { maxLength: 12 }), async (sizes) => {
        assert.equal(sha256(await collect(gzipChunks(cut(bytes, sizes)))), expected);
      }),
      { numRuns: 10 },
    );
  });

  it("stops when the source fails", async () => {
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield textBytes(3 * MiB);
      throw await Promise.resolve(new Error("EIO half way"));
    }
    await assert.rejects(collect(gzipChunks(failing())), /EIO half way/);
  });

  it("stops at an abort", async () => {
    const aborted = new AbortController();
    const chunks = gzipChunks(cut(textBytes(6 * MiB), []), { signal: aborted.signal });
    await chunks.next();
    await chunks.next();
    aborted.abort();
    await assert.rejects(collect(chunks), { name: "AbortError" });
  });
});

describe("DeflatePool", () => {
  it("has at most the allowed threads, and none after a short idle time", async () => {
    const pool = new DeflatePool(2);
    await collect(gzipChunks(cut(textBytes(4_500_000), []), { pool }));
    assert.equal(pool.running, 2);
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const watch = setInterval(() => pool.running === 0 && resolve(undefined), 20);
    await promise;
    clearInterval(watch);
    await collect(gzipChunks(cut(textBytes(2_500_000), []), { pool }));
    await pool.close();
    assert.equal(pool.running, 0);
  });

  it("fails running work when it is closed", async () => {
    const pool = new DeflatePool(1);
    const jobs = [1, 2, 3].map(() => pool.deflate(pool.block(), MiB));
    const outcomes = Promise.allSettled(jobs);
    await pool.close();
    assert.deepEqual(
      (await outcomes).map(({ status }) => status),
      Array(3).fill("rejected"),
    );
  });

  it("does not keep a process alive", () => {
    const pool = join(__dirname, "../../../provider/tar/deflatePool.js");
    const script = `
      const { DeflatePool } = require(${JSON.stringify(pool)});
      const pool = new DeflatePool(2);
      pool.deflate(pool.block(), 1000).then((bytes) => console.log(bytes.length > 0));
    `;
    const output = execFileSync(process.execPath, ["-e", script], { timeout: 8000 });
    assert.equal(String(output).trim(), "true");
  });
});
