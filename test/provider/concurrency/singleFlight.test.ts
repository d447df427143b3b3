import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { SingleFlight, untilAborted } from "../../../provider/concurrency/singleFlight.js";

describe("SingleFlight", () => {
  it("runs once per key at a time, and again afterwards", async () => {
    const flights = new SingleFlight<number>();
    let runs = 0;
    const start = () => Promise.resolve((runs += 1));
    const both = await Promise.all([flights.run("a", start), flights.run("a", start)]);
    assert.deepEqual(both, [1, 1]);
    assert.equal(await flights.run("b", start), 2);
    assert.equal(await flights.run("a", start), 3);
  });

  it("shares a failure and does not keep it", async () => {
    const flights = new SingleFlight<number>();
    const fail = () => {
      throw new Error("at once");
    };
    const results = await Promise.allSettled([flights.run("a", fail), flights.run("a", fail)]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ["rejected", "rejected"],
    );
    assert.equal(await flights.run("a", () => Promise.resolve(1)), 1);
  });

  it("continues for the others when one stops waiting", async () => {
    const flights = new SingleFlight<number>();
    let finish = (_value: number): void => undefined;
    const work = flights.run("a", () => new Promise((resolve) => (finish = resolve)));
    const controller = new AbortController();
    const impatient = untilAborted(work, controller.signal);
    await new Promise(setImmediate);
    controller.abort(new Error("enough"));
    await assert.rejects(impatient, /enough/);
    finish(7);
    assert.equal(await untilAborted(work, undefined), 7);
  });
});
