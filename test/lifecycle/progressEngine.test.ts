import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { after, before, describe, it } from "mocha";
import { OciArtifact } from "pulumi-acr";
import { type Emulator, startEmulator } from "pulumi-acr/emulator";
import { EngineStack, environmentFor } from "../support/engine.js";
import { TemporaryFolder } from "../support/temporaryFolder.js";

const MIB = 1024 * 1024;

describe("progress and change on the real engine", function () {
  this.timeout(120_000);
  let emulator: Emulator;
  let stack: EngineStack;
  let folder: TemporaryFolder;
  let note = "one";

  before(async () => {
    emulator = await startEmulator();
    folder = new TemporaryFolder();
    writeFileSync(`${folder.path}/big`, Buffer.alloc(40 * MIB, "big"));
    stack = await EngineStack.create({ environment: environmentFor(emulator) });
    stack.program = () => {
      new OciArtifact("app", {
        repository: "team/app",
        artifactType: "application/vnd.example",
        layers: [
          { file: `${folder.path}/big`, title: "big" },
          { content: note, title: "note" },
        ],
      });
      return Promise.resolve({});
    };
  });
  after(async () => {
    stack.remove();
    folder.remove();
    await emulator.close();
  });

  /** Matching lines in the log of a command without a terminal. */
  const linesOf = (output: string, pattern: RegExp): string[] =>
    output.split("\n").filter((line) => pattern.test(line));

  it("are printed for a long upload as one line at its start and one at its end", async () => {
    // Three chunks of 16 MiB take more than five seconds, which makes the upload a long one.
    emulator.faults.add({ method: "PATCH", times: 3, action: { type: "delay", ms: 2_400 } });
    const { output, diagnostics } = await stack.up();
    assert.equal(linesOf(output, /uploading: \d+\.\d of 40\.0 MiB, \d+\.\d MiB\/s/).length, 1);
    assert.equal(linesOf(output, /uploading|tagging|looking|reading/).length, 1, output);
    // The CLI prints a lasting line again in the row and at its end; the provider sent it once.
    const [start, end, ...more] = diagnostics
      .map((line) => line.trim())
      .filter((line) => /^uploading: |^3 blobs/.test(line));
    assert.match(start ?? "", /^uploading: /);
    assert.match(end ?? "", /^3 blobs, 40\.0 MiB sent in \d+ s \(\d+\.\d MiB\/s\)$/);
    assert.deepEqual(more, []);
  });

  it("are explained at preview, and a small upload is not mentioned", async () => {
    note = "two, and longer";
    const { output } = await stack.preview({ diff: false });
    assert.match(
      output,
      /1 of 2 layers changes, at most 15 B of new content to upload\n +~ note 3 B sha256:[0-9a-f]{12} → 15 B sha256:[0-9a-f]{12}\n/,
    );
    const { output: upOutput } = await stack.up();
    assert.deepEqual(linesOf(upOutput, /uploading|sent/), []);
  });
});
