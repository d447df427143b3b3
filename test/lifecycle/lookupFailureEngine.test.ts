import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { type Emulator, startEmulator } from "pulumi-acr/emulator";
import { foreignTool } from "../../tools/installed.js";
import { createProgramStack } from "../support/programStack.js";
import { TemporaryFolder } from "../support/temporaryFolder.js";

/** Exports missing artifacts in each way that passes an error to the engine; records its time. */
const PROGRAM = `
const { writeFileSync } = require("node:fs");
const { join } = require("node:path");
const pulumi = require("@pulumi/pulumi");
const acr = require("pulumi-acr");

process.on("exit", () => {
  const { user, system } = process.cpuUsage();
  writeFileSync(join(__dirname, "used.json"), JSON.stringify({ node: process.version, seconds: (user + system) / 1e6 }));
});
const found = acr.getArtifactOutput({ repository: "not/exported", tag: "1" });
exports.digest = found.digest;
exports.size = found.size;
exports.awaited = pulumi
  .output({ repository: "not/awaited", tag: "1" })
  .apply(async (query) => (await acr.getArtifact(query)).digest);
const base = acr.getArtifactOutput({ repository: "not/input", tag: "1" });
new acr.OciArtifact("app", {
  repository: "team/app",
  artifactType: "application/vnd.example",
  annotations: { base: base.digest },
});
`;

/** It takes one or two without stack frames; Node 22 needs over ten to colour those of an error. */
const SECONDS = 7;

describe("a failed look-up in a separate program", function () {
  this.timeout(240_000);
  this.slow(30_000);
  let folder: TemporaryFolder;
  let emulator: Emulator;

  beforeEach(async () => {
    folder = new TemporaryFolder();
    folder.write({
      "project/index.js": PROGRAM,
      "project/Pulumi.yaml": "name: program\nruntime: nodejs\n",
      "project/package.json": JSON.stringify({ name: "program", private: true, main: "index.js" }),
    });
    emulator = await startEmulator();
  });
  afterEach(async () => {
    await emulator.close();
    folder.remove();
  });

  const node22 = foreignTool("node22").path;
  // Where Node 22 is absent, `npm test` says so and how to get it.
  for (const node of [process.execPath, ...(node22 === undefined ? [] : [node22])]) {
    it(`ends it soon, with each error once and no stack frames or secrets (${node === node22 ? "Node 22" : "this Node"})`, async () => {
      const stack = await createProgramStack(folder, emulator, {
        PATH: [folderOf(node), process.env["PATH"]].join(delimiter),
      });
      const errors: string[] = [];
      let output = "";
      const up = stack.preview({
        onOutput: (text) => (output += text),
        onError: (text) => (output += text),
        onEvent: ({ diagnosticEvent }) => {
          if (diagnosticEvent?.severity === "error") errors.push(diagnosticEvent.message);
        },
      });
      await assert.rejects(up);
      for (const repository of ["exported", "awaited", "input"]) {
        const name = `getArtifact: ${emulator.loginServer}/not/${repository}:1 does not exist`;
        assert.equal(errors.filter((error) => error.includes(name)).length, 1, output);
      }
      assert.equal(errors.length, 3, output);
      for (const error of errors) assert.match(error, /\[NOT_FOUND\]\s*(?:<\{%reset%\}>)?\s*$/);
      assert.doesNotMatch(output, /^ +at |lookUp\.|node_modules/m);
      assert.ok(!output.includes(emulator.credentials.password));
      const used = JSON.parse(
        readFileSync(join(folder.path, "project", "used.json"), "utf8"),
      ) as Used;
      assert.ok(used.seconds < SECONDS, `${used.seconds} s on Node ${used.node}`);
      if (node === node22) assert.match(used.node, /^v22\./);
    });
  }
});

/** The folder of the real Node behind a start script. */
function folderOf(node: string): string {
  return dirname(execFileSync(node, ["-p", "process.execPath"], { encoding: "utf8" }).trim());
}

interface Used {
  readonly node: string;
  readonly seconds: number;
}
