import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { pulumiDirectory } from "../../tools/installed.js";
import { TemporaryFolder } from "../support/temporaryFolder.js";

const main = join(__dirname, "..", "..", "tools", "demo", "main.js");

interface Ending {
  readonly code: number | null;
  readonly lines: readonly string[];
  /** Entries that it left in the system's temporary folder. */
  readonly left: readonly string[];
}

describe("demo", function () {
  // Eight runs of the real engine, each of which compiles the program; slower on a busy machine.
  this.timeout(240_000);
  this.slow(60_000);

  const folder = new TemporaryFolder();
  before(() => pulumiDirectory());
  after(() => folder.remove());

  it("goes as it must, says so in its last line, and leaves nothing behind", async () => {
    const { code, lines, left } = await run(folder, "whole", pulumiDirectory());
    assert.equal(lines.at(-1), "demo: ok", lines.join("\n"));
    assert.equal(code, 0);
    assert.deepEqual(left, []);
    assert.deepEqual(
      lines.filter((line) => line.length > 100 || line.includes("\u001b")),
      [],
      "a line is too long for a terminal of 100 columns, or coloured without a terminal",
    );
  });

  it("fails if a step does not do what it must, and leaves nothing behind", async () => {
    const { code, lines, left } = await run(folder, "failing", cliThatNeverRefreshes(folder));
    assert.equal(code, 1, lines.join("\n"));
    assert.ok(lines.some((line) => line.startsWith("demo: failed: ")));
    assert.ok(!lines.includes("demo: ok"));
    assert.deepEqual(left, []);
  });

  it("can be interrupted, and leaves nothing behind", async () => {
    const { code, lines, left } = await run(folder, "interrupted", pulumiDirectory(), (child) => {
      child.stdout?.on("data", (text) => {
        if (String(text).includes("$ pulumi preview")) child.kill("SIGINT");
      });
    });
    assert.equal(lines.at(-1), "demo: interrupted", lines.join("\n"));
    assert.equal(code, 130);
    assert.deepEqual(left, []);
  });
});

async function run(
  folder: TemporaryFolder,
  name: string,
  pulumi: string,
  watch: (child: ChildProcess) => void = () => undefined,
): Promise<Ending> {
  const temporary = join(folder.path, name);
  mkdirSync(temporary);
  const child = spawn(process.execPath, ["--enable-source-maps", main], {
    env: { ...process.env, PULUMI_ACR_PULUMI_BIN: pulumi, TMPDIR: temporary, TEMP: temporary },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (text) => (output += String(text)));
  child.stderr.on("data", (text) => (output += String(text)));
  watch(child);
  const [code] = (await once(child, "close")) as [number | null];
  return { code, lines: output.trimEnd().split("\n"), left: readdirSync(temporary) };
}

/** A Pulumi CLI with a single defect that the demo must notice. */
function cliThatNeverRefreshes(folder: TemporaryFolder): string {
  const directory = join(folder.path, "cli", "bin");
  mkdirSync(directory, { recursive: true });
  const script = [
    "#!/bin/sh",
    'for argument; do shift; case "$argument" in --refresh*) ;; *) set -- "$@" "$argument" ;; esac; done',
    `exec '${join(pulumiDirectory(), "pulumi")}' "$@"`,
    "",
  ];
  writeFileSync(join(directory, "pulumi"), script.join("\n"), { mode: 0o755 });
  return directory;
}
