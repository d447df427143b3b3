import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFileSync } from "node:fs";
import { join, relative } from "node:path";
import { after, before, describe, it } from "mocha";
import { OciArtifact } from "pulumi-acr";
import { type Emulator, startEmulator } from "pulumi-acr/emulator";
import { foreignTool } from "../../tools/installed.js";
import { EngineStack, environmentFor } from "../support/engine.js";
import { ARTIFACT_TYPE, LAYERS, writeTree } from "../support/packUnderUmask.js";
import { TemporaryFolder } from "../support/temporaryFolder.js";

/** The digest of the tree, the same on every machine. */
const GOLDEN = "sha256:670995f8a7dd24cf8baa1a2436dd9729c25a255f095e982c15f06fd58598c452";

describe("a preview on the real engine", function () {
  this.timeout(120_000);
  let emulator: Emulator;
  let stack: EngineStack;
  let folder: TemporaryFolder;
  /** The digest as the program saw it in the last run; a preview that does not know it leaves it absent. */
  let seen: string | undefined;

  before(async () => {
    folder = new TemporaryFolder();
    writeTree(folder.path);
    emulator = await startEmulator();
    stack = await EngineStack.create({ environment: environmentFor(emulator) });
    stack.program = () => {
      seen = undefined;
      const [site, notes] = LAYERS.map((layer) => below(layer));
      const { digest } = new OciArtifact("site", {
        repository: "docs/site",
        artifactType: ARTIFACT_TYPE,
        layers: [site, notes] as { file: string }[],
        tags: ["v1", "latest"],
        lock: true,
      });
      digest.apply((value) => (seen = value));
      return Promise.resolve();
    };
  });
  after(async () => {
    stack.remove();
    folder.remove();
    await emulator.close();
  });

  function below(layer: (typeof LAYERS)[number]): Record<string, unknown> {
    const [[key, path] = ["", ""]] = Object.entries(layer);
    return { [key]: relative(process.cwd(), join(folder.path, String(path))) };
  }

  async function previewed(): Promise<string> {
    emulator.journal.clear();
    const { output } = await stack.preview();
    assert.deepEqual(emulator.journal.entries, []);
    assert.ok(output.includes(String(seen)), "the preview does not show the digest");
    return String(seen);
  }

  async function pushed(): Promise<string[]> {
    emulator.journal.clear();
    await stack.up();
    const puts = emulator.journal.entries.filter(({ method, path }) =>
      /^PUT .*\/manifests\//.test(`${method} ${path}`),
    );
    return puts.map(({ path }) => path.replace(/^.*\//, ""));
  }

  it("sends nothing and shows the digest that up pushes for a new artifact", async () => {
    assert.equal(await previewed(), GOLDEN);
    assert.deepEqual(await pushed(), [GOLDEN, "v1", "latest"]);
    assert.equal(seen, GOLDEN);
  });

  it("sends nothing and shows the digest that up pushes for a changed artifact", async () => {
    const old = seen;
    appendFileSync(join(folder.path, "site", "index.html"), "<p>more</p>\n");
    const digest = await previewed();
    assert.notEqual(digest, old);
    assert.deepEqual(await pushed(), [digest, "v1", "latest"]);
  });

  it("sends nothing for an unchanged artifact", async () => {
    const digest = seen;
    emulator.journal.clear();
    await stack.preview({ expectNoChanges: true });
    assert.deepEqual(emulator.journal.entries, []);
    assert.equal(seen, digest);
  });
});

describe("the digest of a preview", function () {
  this.timeout(60_000);
  let folder: TemporaryFolder;
  before(() => {
    folder = new TemporaryFolder();
  });
  after(() => {
    folder.remove();
  });

  const node22 = foreignTool("node22").path;
  // Where Node 22 is absent, `npm test` says so and how to get it.
  const runtimes = [process.execPath, ...(node22 === undefined ? [] : [node22])];
  const script = require.resolve("../support/packUnderUmask.js");

  it("is the same on every Node and under every umask", () => {
    const digests = runtimes.flatMap((node, index) =>
      ["000", "022", "077"].map((umask) => {
        const fresh = join(folder.path, `${index}-${umask}`);
        return execFileSync(node, [script, umask, fresh], { encoding: "utf8" });
      }),
    );
    assert.deepEqual(new Set(digests), new Set([GOLDEN]));
  });
});
