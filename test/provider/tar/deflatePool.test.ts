import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "mocha";
import { deflateBlock } from "../../../provider/tar/deflateBlock.js";
import { DeflatePool } from "../../../provider/tar/deflatePool.js";
import { TemporaryFolder } from "../../support/temporaryFolder.js";

describe("a compression thread that cannot start", () => {
  /** Three blocks for two threads whose program fails with this message. */
  const deflate = async (message: string): Promise<Uint8Array[]> => {
    const folder = new TemporaryFolder();
    folder.write({ "thread.js": `throw new Error(${JSON.stringify(message)});` });
    const pool = new DeflatePool(2, join(folder.path, "thread.js"));
    try {
      const blocks = ["one", "two", "three"].map((text) => {
        const block = pool.block();
        return pool.deflate(block, Buffer.from(block.buffer).write(text));
      });
      return await Promise.all(blocks);
    } finally {
      await pool.close();
      folder.remove();
    }
  };

  for (const message of [
    "EMFILE: too many open files, open 'deflateBlock.js'",
    "Cannot read package config package.json: too many open files.",
  ]) {
    it(`is done without where descriptors are short: ${message}`, async () => {
      const expected = ["one", "two", "three"].map((text) => deflateBlock(Buffer.from(text)));
      assert.deepEqual((await deflate(message)).map(String), expected.map(String));
    });
  }

  it("fails the work for any other reason", async () => {
    await assert.rejects(deflate("the program is broken"), /the program is broken/);
  });
});
