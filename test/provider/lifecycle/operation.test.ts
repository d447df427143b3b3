import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, it } from "mocha";
import { useFakeTimers } from "sinon";
import { RunningOperations } from "../../../provider/lifecycle/operation.js";

const script = require.resolve("./interrupted.js");

/** What the engine does at the end of every deployment: SIGINT, and SIGKILL five seconds later. */
async function interrupt(
  state: string,
): Promise<{ code: number | null; said: string; took: number }> {
  const child = spawn(process.execPath, [script, state], { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
  while (!said.includes("ready\n")) await once(child.stdout, "data");
  const begun = performance.now();
  child.kill("SIGINT");
  const [code] = (await once(child, "close")) as [number | null];
  return { code, said: said.replace("ready\n", ""), took: performance.now() - begun };
}

describe("a provider process that is interrupted", () => {
  for (const state of ["idle", "finished"]) {
    it(`exits at once if it is ${state}`, async () => {
      const { code, took } = await interrupt(state);
      assert.equal(code, 130);
      assert.ok(took < 2_000, `it took ${took} ms`);
    });
  }

  it("aborts what it does, and exits when that has cleared up", async () => {
    const { code, said, took } = await interrupt("yielding");
    assert.deepEqual([code, said], [130, "cleared up\n"]);
    assert.ok(took < 3_000, `it took ${took} ms`);
  });

  it("exits before the engine's five seconds are over, whatever goes on", async () => {
    const { code, took } = await interrupt("stubborn");
    assert.equal(code, 130);
    assert.ok(took > 4_000 && took < 5_000, `it took ${took} ms`);
  });
});

describe("running operations", () => {
  it("are all aborted, and waited for until the last has ended", async () => {
    const operations = new RunningOperations();
    const ended: string[] = [];
    const run = (name: string): Promise<void> =>
      operations.run(async (signal) => {
        await once(signal, "abort");
        ended.push(name);
      });
    const both = [run("first"), run("second")];
    await operations.stop(60_000);
    assert.deepEqual(ended, ["first", "second"]);
    await Promise.all(both);
  });

  it("that fail count as ended", async () => {
    const operations = new RunningOperations();
    const failing = operations.run((signal) =>
      once(signal, "abort").then(() => Promise.reject(new Error("cut short"))),
    );
    await Promise.all([operations.stop(60_000), assert.rejects(failing, /cut short/)]);
  });

  it("that do not end are waited for no longer than was said", async () => {
    const clock = useFakeTimers();
    try {
      const operations = new RunningOperations();
      void operations.run(() => new Promise<void>(() => undefined));
      const stopped = operations.stop(4_500);
      await clock.tickAsync(4_499);
      assert.equal(clock.countTimers(), 1);
      await clock.tickAsync(1);
      await stopped;
    } finally {
      clock.restore();
    }
  });
});
