import assert from "node:assert/strict";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { spawnSync } from "node:child_process";
import { afterEach, before, describe, it } from "mocha";
import { type Exclusive, type Paths, tool } from "./modules.js";

describe("exclusively", () => {
  const name = `test-${process.pid}`;
  let exclusively: Exclusive["exclusively"];
  let lock: string;

  before(async () => {
    ({ exclusively } = await tool<Exclusive>("exclusive.mjs"));
    lock = join((await tool<Paths>("paths.mjs")).toolsFolder, `${name}.lock`);
  });

  afterEach(() => {
    rmSync(lock, { force: true });
  });

  it("holds the lock while the step runs, passes on its value and releases the lock", async () => {
    const held = await exclusively(name, async () => existsSync(lock));
    assert.equal(held, true);
    assert.equal(existsSync(lock), false);
  });

  it("releases the lock when the step fails", async () => {
    const failing = exclusively(name, async () => Promise.reject(new Error("no luck")));
    await assert.rejects(failing, /no luck/u);
    assert.equal(existsSync(lock), false);
  });

  it("takes over the lock of a process that has ended", async () => {
    const { pid } = spawnSync(process.execPath, ["--version"]);
    writeFileSync(lock, String(pid));
    assert.equal(await exclusively(name, async () => "done"), "done");
  });
});
