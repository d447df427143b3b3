import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { Watchdog } from "../../../provider/http/watchdog.js";

/** Timers that fire only on a test's command. */
class Timers {
  time = 0;
  readonly waiting = new Set<() => void>();

  readonly now = (): number => this.time;
  readonly timer = (run: () => void): (() => void) => {
    this.waiting.add(run);
    return () => this.waiting.delete(run);
  };

  pass(ms: number): void {
    this.time += ms;
    for (const run of [...this.waiting]) {
      this.waiting.delete(run);
      run();
    }
  }
}

describe("the watchdog", () => {
  it("reports silence, and starts again after progress", () => {
    const timers = new Timers();
    let called = 0;
    const watchdog = new Watchdog(timers, 100, () => (called += 1));
    watchdog.touch();
    timers.time = 60;
    watchdog.touch();
    timers.pass(40);
    assert.equal(called, 0);
    timers.pass(60);
    assert.equal(called, 1);
  });

  it("stops, and starts again", () => {
    const timers = new Timers();
    const watchdog = new Watchdog(timers, 100, () => assert.fail("it rests"));
    watchdog.touch();
    watchdog.stop();
    assert.equal(timers.waiting.size, 0);
    watchdog.touch();
    assert.equal(timers.waiting.size, 1);
  });

  it("does not start again after its end, whatever a source still delivers", () => {
    const timers = new Timers();
    const watchdog = new Watchdog(timers, 100, () => assert.fail("it is over"));
    watchdog.touch();
    watchdog.end();
    watchdog.touch();
    assert.equal(timers.waiting.size, 0);
  });
});
