import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { after, before, beforeEach, describe, it } from "mocha";
import {
  type ArtifactFileResult,
  type ArtifactResult,
  getArtifact,
  getArtifactFileOutput,
  getArtifactOutput,
  getNewestTag,
  getTagsOutput,
  OciArtifact,
  type TagsResult,
} from "pulumi-acr";
import { type Emulator, startEmulator } from "pulumi-acr/emulator";
import { EngineStack } from "../support/engine.js";
import { Somebody } from "../support/somebody.js";

/** Look-ups in a program on the real engine; the registry is the stack's configuration. */
describe("look-ups on the real engine", function () {
  this.timeout(120_000);
  this.slow(20_000);
  let emulator: Emulator;
  let somebody: Somebody;
  let stack: EngineStack;
  let base: string;
  let found: {
    plain?: ArtifactResult;
    own?: ArtifactResult;
    derived?: TagsResult;
    file?: ArtifactFileResult;
  };

  before(async () => {
    emulator = await startEmulator();
    somebody = new Somebody(emulator, "base/image");
    await somebody.publish("old", "1.9.0");
    base = await somebody.publish("new", "1.10.0");
    const { username, password } = emulator.credentials;
    stack = await EngineStack.create({
      configuration: {
        "acr:loginServer": { value: emulator.url },
        "acr:username": { value: username },
        "acr:password": { value: password, secret: true },
      },
    });
  });
  after(async () => {
    stack.remove();
    somebody.close();
    await emulator.close();
  });
  beforeEach(() => {
    found = {};
    stack.program = async () => {
      const { digest, name } = await getNewestTag({ repository: "base/image", by: "semver" });
      found.plain = await getArtifact({ repository: "base/image", digest });
      const app = new OciArtifact("app", {
        repository: "team/app",
        artifactType: "application/vnd.example",
        layers: [{ content: "hello", title: "hello.txt" }],
        annotations: { "org.opencontainers.image.base.name": name },
        tags: ["1"],
      });
      const own = getArtifactOutput({ reference: app.id });
      own.apply((value) => (found.own = value));
      // Known at preview, but an output of a planned resource.
      getTagsOutput({ repository: app.repository }).apply((value) => (found.derived = value));
      const file = getArtifactFileOutput(
        { repository: "team/app", tag: "1", title: "hello.txt" },
        { dependsOn: app },
      );
      file.apply((value) => (found.file = value));
      return { own: own.digest, file: file.content };
    };
  });

  it("find existing artifacts at preview and leave planned ones unknown", async () => {
    emulator.journal.clear();
    const run = await stack.preview();
    assert.equal(found.plain?.digest, base);
    assert.deepEqual(found.plain.tags, ["1.10.0"]);
    assert.equal(found.own ?? found.derived ?? found.file, undefined);
    for (const name of ["own", "file"]) {
      assert.match(run.output, new RegExp(`${name} *: (?:output<string>|\\[unknown\\])`));
    }
    const methods = new Set(emulator.journal.entries.map(({ method }) => method));
    methods.delete("POST"); // Tokens.
    assert.deepEqual([...methods], ["GET"]);
    assert.equal(
      emulator.journal.entries.some(({ path }) => path.includes("team/app")),
      false,
    );
  });

  it("find at up what the same program has published, without showing the password", async () => {
    const run = await stack.up();
    const reference = `${emulator.loginServer}/team/app@`;
    assert.ok(found.own?.reference.startsWith(reference));
    assert.equal(found.own?.annotations["org.opencontainers.image.base.name"], "1.10.0");
    assert.deepEqual(found.own.tags, ["1"]);
    assert.equal(found.file?.content, "hello");
    assert.deepEqual(
      found.derived?.tags.map(({ name }) => name),
      ["1"],
    );
    const { password } = emulator.credentials;
    assert.equal((run.output + (await stack.exportState())).includes(password), false);
    const again = await stack.preview({ expectNoChanges: true });
    assert.deepEqual(again.operations.get("app"), ["same"]);
  });

  it("find at preview what an earlier up has published", async () => {
    await stack.preview();
    assert.deepEqual(
      found.derived?.tags.map(({ name }) => name),
      ["1"],
    );
    assert.equal(found.file?.content, "hello");
  });

  it("keep the deployment open until resources that depend on them are declared", async () => {
    stack.program = () => {
      const slow = getArtifactOutput({ repository: "base/image", digest: base });
      slow.apply(({ digest }) => {
        new OciArtifact("late", {
          repository: "team/late",
          artifactType: "application/vnd.example",
          annotations: { "org.opencontainers.image.base.digest": digest },
        });
      });
      return Promise.resolve({});
    };
    // Longer than an engine needs to end a deployment without resources.
    const path = `/v2/base/image/manifests/${base}`;
    const fault = emulator.faults.add({ path, action: { type: "delay", ms: 3000 } });
    const run = await stack.up();
    fault.remove();
    assert.equal(fault.hits, 1);
    assert.deepEqual(run.operations.get("late"), ["create"]);
  });

  it("fail the preview with the missing artifact's name and no stack trace", async () => {
    stack.program = () => {
      const chart = getArtifactOutput({ repository: "base/image", tag: pulumi.output("2.0.0") });
      return Promise.resolve({ digest: chart.digest });
    };
    await assert.rejects(stack.preview(), (error: Error) => {
      const name = `${emulator.loginServer}/base/image:2.0.0`;
      assert.ok(error.message.includes(`getArtifact: ${name} does not exist`), error.message);
      assert.match(error.message, /outputs of the resource or `dependsOn`/);
      assert.doesNotMatch(error.message, /lookUp\.js|node:internal/);
      return true;
    });
    await stack.destroy();
  });
});
