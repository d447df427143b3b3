import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { type Paths, type Run, tool } from "./modules.js";

describe("run", () => {
  let run: Run["run"];

  before(async () => {
    ({ run } = await tool<Run>("run.mjs"));
  });

  it("collects the output and the exit code of a command", async () => {
    const program = "console.log('out'); console.error('err'); process.exitCode = 3";
    const { code, stdout, all } = await run(process.execPath, ["-e", program]);
    assert.equal(code, 3);
    assert.equal(stdout, "out\n");
    assert.match(all, /err/u);
  });

  it("ends with 127 and the reason if the command does not exist", async () => {
    const { code, all } = await run("no-such-command", []);
    assert.equal(code, 127);
    assert.match(all, /ENOENT/u);
  });

  it("ends with 124 after a timeout, and ends what the command started", async () => {
    const grandchild = "setInterval(() => {}, 1000)";
    const program = `console.log(require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(grandchild)}], { stdio: "inherit" }).pid)`;
    const { code, stdout } = await run(process.execPath, ["-e", program], { timeoutMs: 2_000 });
    assert.equal(code, 124);
    // The grandchild shares the output pipe, which closes only when both have ended.
    assert.match(stdout, /^\d+\n$/u);
  });
});

describe("paths", () => {
  let paths: Paths;

  before(async () => {
    paths = await tool<Paths>("paths.mjs");
  });

  it("finds only executable files as commands", () => {
    assert.equal(paths.findCommand("package.json", [process.cwd()]), undefined);
    assert.notEqual(paths.findCommand("node"), undefined);
  });

  it("clears the variables of a running npm script from the environment", () => {
    const names = Object.keys(paths.cleanEnvironment());
    assert.deepEqual(
      names.filter((name) => /^npm_(?:package|lifecycle)_/u.test(name)),
      [],
    );
  });
});
