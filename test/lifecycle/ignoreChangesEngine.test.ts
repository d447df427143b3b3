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

const artifactType = "application/vnd.example";

/** Before `check`, the engine replaces new inputs by old ones, even those that `check` derived. */
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

  /** One resource of every kind; `version` changes an input of each. */
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

  it("keeps every kind unchanged when everything is ignored", async () => {
    const options = { ignoreChanges: ["*"] };
    declare(() => everyKind(1, options));
    await stack.up();
    declare(() => everyKind(2, options));
    await stack.preview({ expectNoChanges: true });
    await stack.refresh({ expectNoChanges: true });
    await stack.up({ expectNoChanges: true });
  });

  const derived: readonly [string, (text: string) => unknown][] = [
    [
      "digest",
      (content) =>
        new OciArtifact(
          "app",
          { repository: "team/app", artifactType, layers: [{ content }] },
          { ignoreChanges: ["digest"] },
        ),
    ],
    [
      "plan",
      (text) =>
        new RetentionPolicy(
          "policy",
          { repository: "elsewhere", keepNewest: text.length },
          { ignoreChanges: ["plan"] },
        ),
    ],
  ];
  for (const [property, resource] of derived) {
    it(`is refused at preview for ${property} alone`, async () => {
      declare(() => resource("first"));
      await stack.up();
      declare(() => resource("second"));
      const message = new RegExp(`problem: ${property}: it follows from other inputs`);
      await assert.rejects(stack.preview(), message);
    });
  }
});
