import assert from "node:assert/strict";
import fs from "node:fs/promises";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { intoFolder, type PullFolder } from "../../../provider/artifact/pullFolder.js";
import { folderOf } from "../tar/folders.js";

const OVERWRITE = { overwrite: true };

/** Puts a new file in a place where another one may exist. */
async function place({ staging, placement }: PullFolder, path: string): Promise<void> {
  writeFileSync(join(staging, "file"), "new");
  await placement.file(join(staging, "file"), path);
}

describe("a pull that cannot be undone", () => {
  /** Replaces `d/a`, whose folder is deleted before another step fails. */
  async function fail(target: string, paths: readonly string[]): Promise<Error> {
    try {
      await intoFolder(target, OVERWRITE, async (folder) => {
        for (const path of paths) await place(folder, path);
        rmSync(join(target, "d"), { recursive: true });
        throw new Error("something else failed");
      });
    } catch (error) {
      return error as Error;
    }
    return assert.fail("it did not fail");
  }

  it("keeps the only copy of what it replaced, and says where", async () => {
    const target = folderOf({ "d/a": "old", b: "b" });
    const error = await fail(target, ["b", "d/a"]);
    assert.equal((error as { code?: unknown }).code, "TARGET_UNWRITABLE");
    const kept = /"[^"]*\/d\/a" \(ENOENT\), of which the former file is "([^"]+)"/.exec(
      error.message,
    );
    assert.equal(readFileSync(kept?.[1] ?? assert.fail(error.message), "utf8"), "old");
    assert.match(error.message, /^something else failed\. /);
    // Everything that could be restored was, and nothing else stays.
    assert.equal(readFileSync(join(target, "b"), "utf8"), "b");
    const [partial, ...others] = readdirSync(target).filter((name) => name !== "b");
    assert.deepEqual(others, []);
    assert.deepEqual(readdirSync(join(target, partial ?? ""), { recursive: true }).length, 2);
  });

  it("names only a few of many files", async () => {
    const names = Array.from({ length: 9 }, (_, index) => `d/${index}`);
    const target = folderOf(Object.fromEntries(names.map((name) => [name, "old"])));
    const { message } = await fail(target, names);
    assert.equal(message.match(/former file/g)?.length, 5);
    assert.match(message, /; and 4 more$/);
  });

  it("leaves nothing behind if the only failure is a file that somebody else removed", async () => {
    const target = folderOf({ "d/": undefined });
    assert.equal((await fail(target, ["d/new"])).message, "something else failed");
    assert.deepEqual(readdirSync(target), []);
  });
});

describe("a pull whose own folder cannot be removed", () => {
  it("succeeds nevertheless", async () => {
    const target = folderOf({});
    const { rm } = fs;
    fs.rm = () => Promise.reject(Object.assign(new Error("busy"), { code: "EBUSY" }));
    try {
      await intoFolder(target, {}, (folder) => place(folder, "a"));
    } finally {
      fs.rm = rm;
    }
    assert.equal(readFileSync(join(target, "a"), "utf8"), "new");
  });
});
