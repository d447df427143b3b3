import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import * as automation from "@pulumi/pulumi/automation";
import { after, before, describe, it } from "mocha";
import { parseTag, RegistryClient } from "pulumi-acr/client";
import { type Emulator, startEmulator } from "pulumi-acr/emulator";
import { checkout, pulumiDirectory } from "../../tools/installed.js";
import { environmentFor } from "../support/engine.js";
import { TemporaryFolder } from "../support/temporaryFolder.js";

describe("examples", () => {
  // Those of the client are programs without a stack.
  const projects = readdirSync(join(checkout, "examples")).filter((name) => name !== "client");
  for (const name of projects) {
    it(`${name} is a project of its own, and says how to run it`, () => {
      for (const file of ["Pulumi.yaml", "package.json", "README.md", "index.ts"]) {
        assert.ok(existsSync(join(checkout, "examples", name, file)), file);
      }
    });
  }

  it("the repository's own stack is the quickstart", () => {
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

  it("runs in the repository's root, and its outputs are typed and known at preview", async () => {
    const stack = await createStack(folder, emulator);
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

/** The files that the root's stack is made of, in a folder of their own: a stack writes its settings beside them. */
async function createStack(folder: TemporaryFolder, emulator: Emulator): Promise<automation.Stack> {
  const workDir = join(folder.path, "root");
  const backend = join(folder.path, "backend");
  for (const made of [workDir, backend]) mkdirSync(made);
  for (const copied of ["Pulumi.yaml", "package.json", "examples"]) {
    cpSync(join(checkout, copied), join(workDir, copied), { recursive: true, filter: isPublic });
  }
  symlinkSync(join(checkout, "node_modules"), join(workDir, "node_modules"), "junction");
  return automation.LocalWorkspace.createStack(
    { stackName: "dev", workDir },
    {
      pulumiCommand: await automation.PulumiCommand.get({ root: dirname(pulumiDirectory()) }),
      envVars: {
        ...environmentFor(emulator),
        PULUMI_HOME: join(folder.path, "home"),
        PULUMI_BACKEND_URL: `file://${backend}`,
        PULUMI_CONFIG_PASSPHRASE: "",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK: "true",
        TMPDIR: folder.path,
      },
    },
  );
}

/** Settings and dependencies of somebody who tried an example by hand stay where they are. */
function isPublic(path: string): boolean {
  return !/(?:node_modules|Pulumi\.[^/\\]+\.yaml)$/u.test(path);
}

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
