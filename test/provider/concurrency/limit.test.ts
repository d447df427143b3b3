import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { Slots, limit } from "../../../provider/concurrency/limit.js";

describe("limit", () => {
  it("runs a limited number at a time, in order, and continues after a failure", async () => {
    const run = limit(2);
    const log: string[] = [];
    let most = 0;
    let running = 0;
    const task = (name: string) => async () => {
      log.push(name);
      running += 1;
      most = Math.max(most, running);
      await Promise.resolve();
      running -= 1;
      if (name === "b") throw new Error(name);
      return name;
    };
    const results = await Promise.allSettled(["a", "b", "c", "d"].map((name) => run(task(name))));
    assert.deepEqual(log, ["a", "b", "c", "d"]);
    assert.equal(most, 2);
    assert.deepEqual(
      results.map(({ status }) => status),
      ["fulfilled", "rejected", "fulfilled", "fulfilled"],
    );
  });

  for (const slots of [0, -1, 1.5, Number.NaN]) {
    it(`refuses ${slots} slots`, () => {
      assert.throws(() => limit(slots), RangeError);
    });
  }
});

describe("Slots", () => {
  it("an aborted wait takes no slot", async () => {
    const slots = new Slots(1);
    const release = await slots.take();
    const controller = new AbortController();
    const given = slots.take(controller.signal);
    const next = slots.take();
    controller.abort(new Error("no more"));
    await assert.rejects(given, /no more/);
    release();
    (await next)();
    await assert.rejects(slots.take(controller.signal), /no more/);
  });

  it("freeing a slot twice frees only one", async () => {
    const slots = new Slots(1);
    const release = await slots.take();
    release();
    release();
    await slots.take();
    let second = false;
    void slots.take().then(() => (second = true));
    await new Promise(setImmediate);
    assert.equal(second, false);
  });
});
