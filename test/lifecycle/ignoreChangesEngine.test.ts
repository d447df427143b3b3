import assert from "node:assert/strict";
import type * as pulumi from "@pulumi/pulumi";
import { after, afterEach, before, describe, it } from "mocha";
import {
  ArtifactCopy,
  ArtifactTag,
  endOfLife,
  ManifestProperties,
  OciArtifact,
  OciIndex,
  RepositoryProperties,
  RetentionPolicy,
  TagLock,
} from "pulumi-acr";
import { type Emulator, startEmulator } from "pulumi-acr/emulator";
import { EngineStack, environmentFor } from "../support/engine.js";
import { Somebody } from "../support/somebody.js";

const artifactType = "application/vnd.example";

/** The engine puts old inputs in the place of new ones before it asks `check`, those that `check` derived too. */
describe("ignoreChanges on the real engine", function () {
  this.timeout(120_000);
  let emulator: Emulator;
  let stack: EngineStack;

  before(async () => {
    emulator = await startEmulator();
    stack = await EngineStack.create({ environment: environmentFor(emulator) });
  });
  afterEach(() => stack.destroy());
  after(async () => {
    stack.remove();
    await emulator.close();
  });

  const declare = (program: () => void): void => {
    stack.program = () => {
      program();
      return Promise.resolve({});
    };
  };

  /** One resource of every kind; `version` changes what each may take. */
  const everyKind = (version: number, options: pulumi.CustomResourceOptions): void => {
    const repository = "team/app";
    const layers = [{ content: `content ${version}` }];
    const app = new OciArtifact(
      "app",
      { repository, artifactType, layers, tags: [`v${version}`, "latest"] },
      options,
    );
    const { digest } = app;
    const note = {
      repository,
      ...endOfLife({ subject: app.descriptor, date: `2030-01-0${version}` }),
    };
    new OciArtifact("note", note, options);
    const annotations = { version: String(version) };
    const manifests = [app.descriptor];
    new OciIndex("index", { repository, manifests, annotations, tags: ["all"] }, options);
    const tag = `v${version}`;
    const prod = { source: { repository, digest }, repository: "prod/app", tags: [tag] };
    const copy = new ArtifactCopy("copy", prod, options);
    new ArtifactTag("tag", { repository, tag: "stable", digest }, options);
    const listEnabled = version === 1;
    const lock = { repository: "prod/app", tag, digest, listEnabled };
    new TagLock("lock", lock, { ...options, dependsOn: copy });
    new ManifestProperties("manifest", { repository, digest, listEnabled }, options);
    new RepositoryProperties(
      "repository",
      { repository, listEnabled },
      {
        ...options,
        dependsOn: app,
      },
    );
    const keepNewest = 10 - version;
    new RetentionPolicy("policy", { repository: "elsewhere", keepNewest }, options);
  };

  it("of everything leaves every kind as it is", async () => {
    const options = { ignoreChanges: ["*"] };
    declare(() => everyKind(1, options));
    await stack.up();
    declare(() => everyKind(2, options));
    await stack.preview({ expectNoChanges: true });
    await stack.refresh({ expectNoChanges: true });
    await stack.up({ expectNoChanges: true });
  });

  it("of the digest keeps the content that is published, and changes what is beside it", async () => {
    const version = (text: string, tags: string[]) => () => {
      const layers = [{ content: text }];
      const args = { repository: "team/kept", artifactType, layers, tags };
      new OciArtifact("app", args, { ignoreChanges: ["digest"] });
    };
    declare(version("first", ["v1"]));
    await stack.up();
    const somebody = new Somebody(emulator, "team/kept");
    const first = await somebody.digestOf("v1");
    declare(version("second", ["v1", "v2"]));
    const { operations } = await stack.up();
    assert.deepEqual(operations.get("app"), ["update"]);
    assert.equal(await somebody.digestOf("v2"), first);
    somebody.close();
    await stack.up({ expectNoChanges: true });
  });
});
