import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { after, afterEach, before, describe, it } from "mocha";
import { OciArtifact, type OciArtifactArgs, TagLock } from "pulumi-acr";
import { type Emulator, startEmulator } from "pulumi-acr/emulator";
import { EngineStack, environmentFor } from "../support/engine.js";
import { TemporaryFolder } from "../support/temporaryFolder.js";

/** Some rows of the table of `check`, to test what a user sees. */
describe("bad input on the real engine", function () {
  this.timeout(60_000);
  let emulator: Emulator;
  let stack: EngineStack;
  let folder: TemporaryFolder;

  before(async () => {
    emulator = await startEmulator();
    folder = new TemporaryFolder();
    stack = await EngineStack.create({
      environment: { ...environmentFor(emulator), PULUMI_EXPERIMENTAL: "true" },
    });
  });
  afterEach(() => emulator.journal.clear());
  after(async () => {
    folder.remove();
    stack.remove();
    await emulator.close();
  });

  const good = { repository: "team/app", artifactType: "application/vnd.example" };
  const declare = (args: unknown) => () => {
    new OciArtifact("app", args as OciArtifactArgs);
    return Promise.resolve({});
  };
  const refused = async (message: RegExp): Promise<void> => {
    await assert.rejects(stack.preview(), (error: Error) => {
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /<nil>|undefined|hush/);
      return true;
    });
    assert.deepEqual(emulator.journal.entries, []);
  };

  const rows: Record<string, [unknown, RegExp]> = {
    "a value at the top": [
      { ...good, repository: "Team" },
      /resource 'app': property repository value \{Team\} has a problem: "Team" is not a repository name/,
    ],
    "values below the top": [
      { ...good, tags: ["ok", "not ok"], layers: [{ file: "nope", mediaType: "yaml" }] },
      /resource 'app' has a problem: layers\[0\]\.mediaType: "yaml" is not a media type[^]*resource 'app' has a problem: tags\[1\]: "not ok" is not a tag/,
    ],
    "a missing file": [
      { ...good, layers: [{ file: "no/such/file" }] },
      /has a problem: layers\[0\]\.file: no\/such\/file does not exist/,
    ],
    "a misspelt setting beside a password": [
      {
        ...good,
        registry: { username: "me", password: pulumi.secret("hush"), credental: "token" },
      },
      /has a problem: registry\.credental: there is no property "credental" here.*did you mean "credential"\?/,
    ],
    "secret content that is too large": [
      { ...good, annotations: { a: pulumi.secret(`hush${"!".repeat(4 * 1024 * 1024)}`) } },
      /has a problem: layers: the manifest would have \d+ bytes; registries refuse more/,
    ],
  };
  for (const [name, [args, message]] of Object.entries(rows)) {
    it(`is reported at preview: ${name}`, async () => {
      stack.program = declare(args);
      await refused(message);
    });
  }

  it("includes two resources that declare one tag, and both are named", async () => {
    stack.program = () => {
      const one = { ...good, tags: ["v1"] };
      const first = new OciArtifact("one", { ...one, layers: [{ content: "1" }] });
      const layers = [{ content: "2" }];
      new OciArtifact("two", { ...one, layers }, { dependsOn: first });
      return Promise.resolve({});
    };
    await refused(
      /resource 'two' has a problem: tags\[0\]: .*:v1 is declared by urn:.*::one too, for other content/,
    );
  });

  it("is reported for a TagLock", async () => {
    stack.program = () => {
      new TagLock("lock", { repository: "team/app", tag: "no tag" });
      return Promise.resolve({});
    };
    await refused(
      /resource 'lock': property tag value \{no tag\} has a problem: "no tag" is not a tag/,
    );
  });

  it("includes a file that changed after the plan was saved", async () => {
    const file = join(folder.path, "file");
    const plan = join(folder.path, "plan.json");
    const program = declare({
      ...good,
      layers: [{ file: relative(process.cwd(), file) }],
      tags: ["v1"],
    });
    stack.program = program;
    writeFileSync(file, "planned");
    await stack.preview({ plan });
    writeFileSync(file, "changed");
    await assert.rejects(stack.up({ plan }), /violates plan: properties changed: [^]*digest/);
    assert.deepEqual(emulator.journal.entries, []);
    writeFileSync(file, "planned");
    await stack.up({ plan });
  });
});
