import { relative } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Context, Suite } from "mocha";
import { addedSince, closeSpools, type OpenThings, openThings } from "./openThings.js";
import { forgetUploads, openUploads, watchUploads } from "./openUploads.js";

/** A peer's end of a connection, and a thread, are gone a little after what closed them. */
const PATIENCE_MS = 5_000;
const LOOK_EVERY_MS = 5;

/** Tests of the emulator, and of programs that are not ours: they may begin an upload and leave it. */
const OTHER_UPLOADS = /[\\/]test[\\/](?:emulator|interop)[\\/]/;

/** What each test of the suite that runs left, when its own `afterEach` hooks were done. */
let leaks: string[] = [];
let beforeTest: OpenThings = new Map();

/**
 * Fails what leaves something open: sockets, servers, descriptors, timers, child processes, temporary
 * files, uploads. It looks after each test and, when a suite's own `after` hooks are done, after each
 * suite of a file, where it tells what it found: mocha runs no test after a failed `afterEach` of all.
 * Mocha loads it before the tests (`--require`), and the folder for temporary files is the run's own.
 */
export const mochaHooks = {
  async beforeAll(this: Context): Promise<void> {
    watchUploads();
    const root = this.test?.parent;
    // Added now, it comes after those that files have for all their suites.
    root?.afterEach("leaves nothing open", noteLeaks);
    let before = await openThings();
    for (const suite of root?.suites ?? []) {
      suite.afterAll("leaves nothing open", async function (this: Context) {
        this.timeout(2 * PATIENCE_MS);
        const left = [...leaks, ...(await leftSince(before))];
        // Told once: what follows is not to blame.
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

/** What is left once all that is about to go has gone. */
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
