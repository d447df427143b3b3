import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, it } from "mocha";
import { type Emulator, startEmulator } from "pulumi-acr/emulator";
import { pulumiDirectory } from "../../tools/installed.js";
import { createProgramStack } from "../support/programStack.js";
import { TemporaryFolder } from "../support/temporaryFolder.js";

const MIB = 1024 * 1024;

const PROGRAM: Readonly<Record<string, string>> = {
  "Pulumi.yaml": "name: progress\nruntime: nodejs\n",
  "index.js": `const { OciArtifact } = require("pulumi-acr");
    new OciArtifact("app", {
      repository: "team/app",
      artifactType: "application/vnd.example",
      layers: [{ file: "big" }],
    });`,
};

/** Runs a command in a new terminal and prints everything drawn there (util-linux). */
const SCRIPT = "/usr/bin/script";

describe("progress in a terminal, on the real engine", function () {
  this.timeout(120_000);
  let emulator: Emulator;
  let folder: TemporaryFolder;

  beforeEach(async () => {
    emulator = await startEmulator();
    folder = new TemporaryFolder();
    const project = join(folder.path, "project");
    mkdirSync(project);
    for (const [name, text] of Object.entries(PROGRAM)) writeFileSync(join(project, name), text);
    writeFileSync(join(project, "big"), Buffer.alloc(40 * MIB, "big"));
  });
  afterEach(async () => {
    folder.remove();
    await emulator.close();
  });

  const inTerminal = async (command: string): Promise<string> => {
    const { workspace } = await createProgramStack(folder, emulator);
    // No variables that would make the CLI assume a pipeline.
    const env = {
      ...workspace.envVars,
      PATH: `${pulumiDirectory()}:${process.env["PATH"]}`,
      HOME: folder.path,
      TERM: "xterm",
      SHELL: "/bin/sh",
    };
    const line = `stty cols 160 rows 40; exec ${command}`;
    const { stdout } = await promisify(execFile)(SCRIPT, ["-qec", line, "/dev/null"], {
      cwd: workspace.workDir,
      env,
      maxBuffer: 64 * MIB,
    }).catch((error: unknown) => assert.fail((error as { stdout: string }).stdout));
    return stdout;
  };

  if (existsSync(SCRIPT)) {
    it("updates the row once a second during an upload and then shows what was sent", async () => {
      emulator.faults.add({ method: "PATCH", times: 3, action: { type: "delay", ms: 1_200 } });
      const drawn = await inTerminal("pulumi up --yes --stack dev");
      const rows = drawn.match(/uploading: [\d.]+ of 40\.0 MiB(?:, [\d.]+ MiB\/s)?/g) ?? [];
      assert.ok(new Set(rows).size >= 2, drawn);
      assert.match(drawn, /2 blobs, 40\.0 MiB sent in \d+ s \(\d+\.\d MiB\/s\)/);
    });
  }
});
