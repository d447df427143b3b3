import assert from "node:assert/strict";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
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
    it(`is replaced by the main thread if descriptors are short: ${message}`, async () => {
      const expected = ["one", "two", "three"].map((text) => deflateBlock(Buffer.from(text)));
      assert.deepEqual((await deflate(message)).map(String), expected.map(String));
    });
  }

  it("fails the work for any other reason", async () => {
    await assert.rejects(deflate("the program is broken"), {
      code: "SOURCE_UNREADABLE",
      message: /cannot compress: .*the program is broken/,
    });
  });
});

describe("DeflatePool", () => {
  const filled = (pool: DeflatePool): Promise<Uint8Array> => {
    const block = pool.block();
    return pool.deflate(block, Buffer.from(block.buffer).write("text"));
  };

  it("fails running work with a code when it is closed", async () => {
    const pool = new DeflatePool(1);
    const failed = assert.rejects(filled(pool), { code: "ABORTED", message: /cannot compress/ });
    await pool.close();
    await failed;
  });

  it("does not end work because a thread became ready after the others had finished", async () => {
    const folder = new TemporaryFolder();
    folder.write({ "thread.js": LATE_THREAD });
    const idle = new IdleTimers();
    const pool = new DeflatePool(2, join(folder.path, "thread.js"));
    try {
      await Promise.all([filled(pool), filled(pool)]);
      // The second thread is ready now, so both have become idle, one after the other.
      folder.write({ "thread.js.go": "" });
      await idle.until(2);
      assert.equal(String(await filled(pool)), "3");
      assert.equal(pool.running, 2);
    } finally {
      idle.restore();
      await pool.close();
      folder.remove();
    }
  });
});

/** The second thread waits for a signal; the third block takes longer than the idle limit. */
const LATE_THREAD = `
  const { mkdirSync, existsSync } = require("node:fs");
  const { parentPort } = require("node:worker_threads");
  const pause = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  let late = false;
  const until = (sign) => { while (!existsSync(__filename + sign)) pause(1); };
  try { mkdirSync(__filename + ".first"); } catch { late = true; }
  if (late) { mkdirSync(__filename + ".second"); until(".go"); }
  let blocks = 0;
  parentPort.on("message", ({ memory }) => {
    until(".second");
    if (existsSync(__filename + ".go")) { pause(1000); blocks = 2; }
    parentPort.postMessage({ memory, deflated: String(++blocks) }, [memory]);
  });
  parentPort.postMessage("ready");
`;

/** Counts how often a pool starts the idle timer of its threads. */
class IdleTimers {
  readonly #setTimeout = globalThis.setTimeout;
  #begun = 0;

  constructor() {
    const counted = (run: () => void, ms?: number): NodeJS.Timeout => {
      if (ms === 500) this.#begun += 1;
      return this.#setTimeout(run, ms);
    };
    globalThis.setTimeout = Object.assign(counted, this.#setTimeout);
  }

  async until(count: number): Promise<void> {
    while (this.#begun < count) await setImmediate();
  }

  restore(): void {
    globalThis.setTimeout = this.#setTimeout;
  }
}
