import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { Declarations } from "../../../provider/lifecycle/declarations.js";
import type { CheckResult } from "../../../provider/lifecycle/lifecycle.js";
import { VirtualClock } from "../http/virtualClock.js";

const ACCEPTED: CheckResult = { inputs: {}, failures: [] };
const REFUSED: CheckResult = { inputs: {}, failures: [{ property: "tags", reason: "no" }] };
const signal = new AbortController().signal;

describe("what the program declares is known", () => {
  it("when no check has begun for a while", async () => {
    const clock = new VirtualClock();
    const start = clock.now();
    await new Declarations().settled(clock, 1_000, signal);
    // The first look only counts.
    assert.equal(clock.now() - start, 1_000);
  });

  it("not before the checks that run have ended", async () => {
    const clock = new VirtualClock();
    const declarations = new Declarations();
    const { promise, resolve } = Promise.withResolvers<CheckResult>();
    const check = declarations.during(() => promise);
    let settled = false;
    const waiting = declarations.settled(clock, 1_000, signal).then(() => (settled = true));
    while (clock.waits.length < 5) await new Promise((next) => setImmediate(next));
    assert.equal(settled, false);
    resolve(ACCEPTED);
    assert.equal(await check, ACCEPTED);
    await waiting;
  });

  it("a while after the last of them has begun", async () => {
    const clock = new VirtualClock();
    const declarations = new Declarations();
    const start = clock.now();
    clock.timer(() => void declarations.during(() => Promise.resolve(ACCEPTED)), 900);
    clock.timer(() => void declarations.during(() => Promise.resolve(ACCEPTED)), 1_800);
    await declarations.settled(clock, 1_000, signal);
    assert.equal(clock.now() - start, 3_000);
  });

  it("never of a resource whose inputs were refused", async () => {
    const declarations = new Declarations();
    await declarations.during(() => Promise.resolve(ACCEPTED));
    assert.equal(declarations.refused, false);
    await declarations.during(() => Promise.resolve(REFUSED));
    assert.equal(declarations.refused, true);
  });

  it("nor of one whose check failed", async () => {
    const declarations = new Declarations();
    const failed = declarations.during(() => Promise.reject(new Error("no")));
    await assert.rejects(failed, /no/);
    assert.equal(declarations.refused, true);
  });

  it("and waiting for it can be called off", async () => {
    const called = AbortSignal.abort();
    const settled = new Declarations().settled(new VirtualClock(), 1_000, called);
    await assert.rejects(settled, { code: "ABORTED" });
  });
});
