import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { locateDirectory, locateFile } from "../../../provider/artifact/source.js";
import { folderOf } from "../tar/folders.js";

describe("locateFile and locateDirectory", () => {
  const property = "layers[2]";

  it("find what a relative, an absolute or a linked path names", async () => {
    const baseDirectory = folderOf({ "dist/a": "12" });
    symlinkSync("dist/a", join(baseDirectory, "link"));
    symlinkSync("dist", join(baseDirectory, "current"));
    const context = { baseDirectory, property };
    for (const path of ["dist/a", "./dist/../dist/a", join(baseDirectory, "dist/a"), "link"]) {
      const file = await locateFile(path, context);
      assert.deepEqual([file.size, file.shownPath, file.property], [2, path, "layers[2].file"]);
    }
    const { path, shownPath } = await locateDirectory("current", context);
    assert.deepEqual([path, shownPath], [join(baseDirectory, "dist"), "current"]);
  });

  const failures = [
    { path: "none", file: /does not exist/, directory: /does not exist/, code: "SOURCE_NOT_FOUND" },
    { path: "file/x", file: /not exist/, directory: /not exist/, code: "SOURCE_NOT_FOUND" },
    { path: "out", file: /leads out/, directory: /leads out/, code: "SOURCE_UNSUPPORTED" },
    { path: "dangling", file: /does not exist/, directory: /not exist/, code: "SOURCE_NOT_FOUND" },
    { path: "loop", file: /leads back/, directory: /leads back/, code: "SOURCE_UNREADABLE" },
    { path: "pipe", file: /named pipe/, directory: /named pipe/, code: "SOURCE_UNSUPPORTED" },
    { path: "folder", file: /use `directory`/, directory: undefined, code: "SOURCE_UNSUPPORTED" },
    { path: "file", file: undefined, directory: /use `file`/, code: "SOURCE_UNSUPPORTED" },
    { path: "/dev/null", file: /a device/, directory: /a device/, code: "SOURCE_UNSUPPORTED" },
  ];
  for (const { path, code, ...messages } of failures) {
    it(`refuse ${path}`, async () => {
      const baseDirectory = folderOf({ file: "", "folder/x": "" });
      symlinkSync("/etc", join(baseDirectory, "out"));
      symlinkSync("nowhere", join(baseDirectory, "dangling"));
      symlinkSync("loop", join(baseDirectory, "loop"));
      execFileSync("mkfifo", [join(baseDirectory, "pipe")]);
      chmodSync(join(baseDirectory, "pipe"), 0o666);
      const context = { baseDirectory, property };
      const expected = { code, path };
      if (messages.file) {
        const shape = { ...expected, property: "layers[2].file", message: messages.file };
        await assert.rejects(locateFile(path, context), shape);
      }
      if (messages.directory) {
        const shape = { ...expected, property: "layers[2].directory", message: messages.directory };
        await assert.rejects(locateDirectory(path, context), shape);
      }
    });
  }
});
