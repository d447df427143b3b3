import { relative } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Context, Suite } from "mocha";
import { addedSince, closeSpools, type OpenThings, openThings } from "./openThings.js";
import { forgetUploads, openUploads, watchUploads } from "./openUploads.js";

/** A peer's end of a connection and a thread end a little after the call that closes them. */
const PATIENCE_MS = 5_000;
const LOOK_EVERY_MS = 5;

/** Tests of the emulator and of foreign programs, which may leave unfinished uploads. */
const OTHER_UPLOADS = /[\\/]test[\\/](?:emulator|interop)[\\/]/;

/** What each test of the current suite left after its own `afterEach` hooks. */
let leaks: string[] = [];
let beforeTest: OpenThings = new Map();

/**
 * Fails suites that leave something open: sockets, servers, descriptors, timers, child processes,
 * temporary files, uploads. It checks after each test and, after a suite's own `after` hooks, after
 * each suite of a file. It reports only after suites, because mocha stops after a failed root
 * `afterEach`. Mocha loads it before the tests (`--require`), and the folder for temporary files is
 * the run's own.
 */
export const mochaHooks = {
  async beforeAll(this: Context): Promise<void> {
    watchUploads();
    const root = this.test?.parent;
    // A hook added now runs after those of the files.
    root?.afterEach("leaves nothing open", noteLeaks);
    let before = await openThings();
    for (const suite of root?.suites ?? []) {
      suite.afterAll("leaves nothing open", async function (this: Context) {
        this.timeout(2 * PATIENCE_MS);
        const left = [...leaks, ...(await leftSince(before))];
        // Reported once, so that later tests are not blamed.
        leaks = [];
        before = await openThings();
        if (left.length > 0) throw new Error(describeLeak(suite, left));
      });
    }
  },
  async beforeEach(): Promise<void> {
    beforeTest = await openThings();
  },
};

async function noteLeaks(this: Context): Promise<void> {
  this.timeout(2 * PATIENCE_MS);
  const test = this.currentTest;
  const uploads = OTHER_UPLOADS.test(test?.file ?? "") ? [] : openUploads();
  forgetUploads();
  const left = [...uploads, ...(await leftSince(beforeTest))];
  if (left.length === 0) return;
  leaks.push(`after "${test?.title ?? ""}":`, ...left.map((thing) => `  ${thing}`));
}

/** What is left after everything that is about to end has ended. */
export async function leftSince(before: OpenThings, patienceMs = PATIENCE_MS): Promise<string[]> {
  await closeSpools();
  const giveUpAt = performance.now() + patienceMs;
  let left = addedSince(before, await openThings());
  while (left.length > 0 && performance.now() < giveUpAt) {
    await wait(LOOK_EVERY_MS);
    left = addedSince(before, await openThings());
  }
  return left;
}

function describeLeak({ file, title }: Suite, left: readonly string[]): string {
  const where = file === undefined ? "" : `${relative(process.cwd(), file)}: `;
  return `${where}"${title}" leaves open:\n${left.map((thing) => `  ${thing}`).join("\n")}`;
}
