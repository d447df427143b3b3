import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { parseTag, RegistryClient } from "pulumi-acr/client";
import { type Emulator, startEmulator } from "pulumi-acr/emulator";
import { checkout } from "../../tools/installed.js";
import { TemporaryFolder } from "../support/temporaryFolder.js";
import { createStack } from "./exampleStack.js";

describe("examples", () => {
  // The client's examples are programs without a stack.
  const projects = readdirSync(join(checkout, "examples")).filter((name) => name !== "client");
  for (const name of projects) {
    it(`include ${name} as a separate project with a README`, () => {
      for (const file of ["Pulumi.yaml", "package.json", "README.md", "index.ts"]) {
        assert.ok(existsSync(join(checkout, "examples", name, file)), file);
      }
    });
  }

  it("include the quickstart, which is the repository's own stack", () => {
    const quickstart = read("examples/quickstart/Pulumi.yaml");
    const own = read("Pulumi.yaml").replace(/^#.*\n/u, "");
    assert.equal(own, quickstart.replace("main: ", "main: examples/quickstart/"));
  });
});

describe("quickstart", function () {
  // The real engine, with the program's types checked as a user's are.
  this.timeout(120_000);
  this.slow(20_000);

  const folder = new TemporaryFolder();
  let emulator: Emulator;
  before(async () => {
    emulator = await startEmulator();
  });
  after(async () => {
    await emulator.close();
    folder.remove();
  });

  it("runs in the repository's root, with typed outputs that are known at preview", async () => {
    const stack = await createStack(folder, emulator, ["Pulumi.yaml", "package.json", "examples"]);
    const preview = await stack.preview();
    const [, told] = /^ {4}digest +: "(sha256:[0-9a-f]{64})"$/mu.exec(preview.stdout) ?? [];
    const { outputs } = await stack.up();
    const digest: unknown = outputs["digest"]?.value;
    assert.equal(told, digest);
    assert.equal(
      outputs["reference"]?.value,
      `${emulator.loginServer}/policies/web@${String(digest)}`,
    );
    const layers = outputs["layers"]?.value as readonly { title: string; size: number }[];
    assert.deepEqual(
      layers.map(({ title }) => title),
      ["policies", "CHANGES.md"],
    );
    assert.equal(layers[1]?.size, read("examples/quickstart/CHANGES.md").length);
    assert.deepEqual(await tagsOf(emulator), { "1.0.0": digest, latest: digest });
    await stack.up({ expectNoChanges: true });
    await stack.destroy();
    assert.deepEqual(await tagsOf(emulator), {});
  });
});

async function tagsOf(emulator: Emulator): Promise<Record<string, string | undefined>> {
  using registry = new RegistryClient(emulator.url, {
    credential: { kind: "token", ...emulator.credentials },
  });
  const repository = registry.repository("policies/web");
  const tags: Record<string, string | undefined> = {};
  for await (const tag of repository.tags.list()) {
    tags[tag] = (await repository.manifests.resolve(parseTag(tag)))?.digest;
  }
  return tags;
}

function read(path: string): string {
  return readFileSync(join(checkout, path), "utf8");
}
