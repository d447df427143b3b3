import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { eachOf } from "../../../provider/concurrency/eachOf.js";

describe("eachOf", () => {
  it("runs the task for each item, limited by the concurrency", async () => {
    let running = 0;
    let most = 0;
    const done: number[] = [];
    await eachOf([1, 2, 3, 4, 5], { concurrency: 2 }, async (item) => {
      running += 1;
      most = Math.max(most, running);
      await Promise.resolve();
      running -= 1;
      done.push(item);
    });
    assert.deepEqual([done.sort(), most], [[1, 2, 3, 4, 5], 2]);
  });

  it("throws the first failure when all have ended, and starts no further task", async () => {
    const begun: number[] = [];
    let ended = false;
    const failing = eachOf([1, 2, 3], { concurrency: 2 }, async (item, signal) => {
      begun.push(item);
      if (item === 1) throw new Error("the first");
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      ended = true;
      throw Object.assign(new Error("stopped"), { code: "ABORTED" });
    });
    await assert.rejects(failing, { message: "the first" });
    assert.deepEqual([begun, ended], [[1, 2], true]);
  });

  it("does not mistake an abort that the failure caused for the failure", async () => {
    const failing = eachOf([1, 2], { concurrency: 2 }, async (item, signal) => {
      if (item === 2) throw new Error("the first");
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      signal.throwIfAborted();
    });
    await assert.rejects(failing, { message: "the first" });
  });

  it("passes the caller's signal on", async () => {
    const controller = new AbortController();
    const stopped = eachOf([1], { concurrency: 1, signal: controller.signal }, (_item, signal) => {
      controller.abort(new Error("enough"));
      return Promise.resolve().then(() => signal.throwIfAborted());
    });
    await assert.rejects(stopped, { message: "enough" });
  });

  it("does nothing without items", () =>
    eachOf([], { concurrency: 3 }, () => Promise.reject(new Error())));
});
