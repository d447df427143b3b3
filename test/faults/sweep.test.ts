import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "mocha";
import { type Emulator, startEmulator } from "pulumi-acr/emulator";
import { SCENARIOS } from "./scenarios.js";
import { sweep } from "./sweep.js";

/** Registries side by side: much of a trial is waiting. */
const LANES = 20;

describe("whatever request of whatever operation fails, nothing is lost:", function () {
  this.timeout(600_000);
  this.slow(60_000);
  const rejections: unknown[] = [];
  const note = (reason: unknown): number => rejections.push(reason);
  const figures: string[] = [];
  let emulators: Emulator[] = [];
  let faults = 0;

  before(async () => {
    process.on("unhandledRejection", note);
    emulators = await Promise.all(Array.from({ length: LANES }, () => startEmulator()));
  });
  afterEach(() => assert.deepEqual(rejections, [], "rejections that nobody handled"));
  after(async () => {
    process.off("unhandledRejection", note);
    await Promise.all(emulators.map((emulator) => emulator.close()));
    process.stdout.write(`\n    faults tried: ${faults}\n${figures.join("")}\n`);
  });

  for (const [title, scenario] of Object.entries(SCENARIOS)) {
    it(title, async () => {
      const result = await sweep(scenario, emulators);
      faults += result.faults;
      figures.push(`      ${title}: ${result.faults}, of which ${result.failed} ended it\n`);
      assert.deepEqual(result.broken.slice(0, 20), []);
      assert.equal(result.faults === 0, scenario.silent === true, "requests of the operation");
    });
  }
});
