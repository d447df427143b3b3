import { relative } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Context, Suite } from "mocha";
import { addedSince, closeSpools, type OpenThings, openThings } from "./openThings.js";

/** A peer's end of a connection, and a thread, are gone a little after what closed them. */
const PATIENCE_MS = 5_000;
const LOOK_EVERY_MS = 5;

/**
 * Fails what leaves something open: sockets, servers, descriptors, child processes, temporary files.
 * It looks after each suite of a file, when the suite's own `after` hooks are done. Mocha loads it
 * before the tests (`--require`), and the folder for temporary files is the run's own.
 */
export const mochaHooks = {
  beforeAll(this: Context): void {
    const root = this.test?.parent;
    let before = openThings();
    for (const suite of root?.suites ?? []) {
      suite.afterAll("leaves nothing open", async function (this: Context) {
        this.timeout(2 * PATIENCE_MS);
        const left = await leftSince(before);
        // Told once: what follows is not to blame.
        before = openThings();
        if (left.length > 0) throw new Error(describeLeak(suite, left));
      });
    }
  },
};

/** What is left once all that is about to go has gone. */
export async function leftSince(before: OpenThings, patienceMs = PATIENCE_MS): Promise<string[]> {
  await closeSpools();
  const giveUpAt = performance.now() + patienceMs;
  let left = addedSince(before, openThings());
  while (left.length > 0 && performance.now() < giveUpAt) {
    await wait(LOOK_EVERY_MS);
    left = addedSince(before, openThings());
  }
  return left;
}

function describeLeak({ file, title }: Suite, left: readonly string[]): string {
  const where = file === undefined ? "" : `${relative(process.cwd(), file)}: `;
  return `${where}"${title}" leaves open:\n${left.map((thing) => `  ${thing}`).join("\n")}`;
}
