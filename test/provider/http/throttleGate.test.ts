import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { ThrottleGate } from "../../../provider/http/throttleGate.js";
import { ManualClock } from "./manualClock.js";

describe("ThrottleGate", () => {
  it("lets another request try when the first one takes long, because it may be waiting for that one", async () => {
    const clock = new ManualClock();
    const gate = new ThrottleGate();
    const { signal } = new AbortController();
    const deadline = clock.now() + 300_000;
    gate.refuse(clock, 1_000);
    clock.pass(1_000);
    assert.equal(await gate.pass(clock, deadline, signal), "first");
    let passed = false;
    const second = gate.pass(clock, deadline, signal).finally(() => (passed = true));
    clock.pass(29_999);
    await new Promise((resolve) => setImmediate(resolve));
    assert.ok(!passed);
    clock.pass(1);
    assert.equal(await second, "first");
    gate.admit(clock);
    assert.equal(await gate.pass(clock, deadline, signal), "free");
  });
});
