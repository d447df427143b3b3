import assert from "node:assert/strict";
import type { Output } from "@pulumi/pulumi";
import { after, before, describe, it } from "mocha";
import { ManifestProperties, OciArtifact, type OciArtifactArgs, TagLock } from "pulumi-acr";
import { type Emulator, startEmulator } from "pulumi-acr/emulator";
import { EngineStack, environmentFor } from "../support/engine.js";
import { requestsTo } from "../support/requests.js";

const repository = "docs/site";

interface Declared extends Partial<OciArtifactArgs> {
  readonly text: string;
  readonly tagLock?: boolean;
  readonly properties?: boolean;
}

/** The declaration of each step, and the number of requests of a refresh after it. */
const STEPS: readonly (readonly [string, Declared, number])[] = [
  ["a create", { text: "one", tags: ["v1"] }, 1],
  ["an update of tags and policies", { text: "one", tags: ["v1", "v1.0"], onDelete: "untag" }, 1],
  ["a lock", { text: "one", tags: ["v1", "v1.0"], lock: true }, 2],
  ["a replacement under the same tags", { text: "two", tags: ["v1", "v1.0"], lock: true }, 2],
  ["the end of the lock", { text: "two", tags: ["v1", "v1.0"] }, 1],
  [
    "a TagLock and ManifestProperties",
    { text: "two", tags: ["v1"], tagLock: true, properties: true },
    1 + 2 + 1,
  ],
];

describe("an unchanged stack on the real engine", function () {
  this.timeout(120_000);
  let emulator: Emulator;
  let stack: EngineStack;
  let declared: Declared;
  let reference: string | undefined;

  before(async () => {
    emulator = await startEmulator();
    stack = await EngineStack.create({ environment: environmentFor(emulator) });
    // Ends only when the engine knows the resource; otherwise it may delete it as removed.
    stack.program = () =>
      new Promise<void>((resolve) => {
        declare(declared).apply((value) => {
          reference = value;
          resolve();
        });
      });
  });
  after(async () => {
    stack.remove();
    await emulator.close();
  });

  for (const [what, step, refreshed] of STEPS) {
    it(`makes no request for up and ${refreshed} for refresh after ${what}`, async () => {
      declared = step;
      await stack.up();
      emulator.journal.clear();
      await stack.up({ expectNoChanges: true });
      assert.deepEqual(emulator.journal.entries, []);
      await stack.refresh({ expectNoChanges: true });
      assert.equal(requestsTo(emulator).length, refreshed, requestsTo(emulator).join(", "));
    });
  }

  it("makes no request for up after a refresh that found nothing", async () => {
    emulator.journal.clear();
    await stack.up({ expectNoChanges: true });
    assert.deepEqual(emulator.journal.entries, []);
  });

  it("reports once, in the resource's row, what a replacement keeps", async () => {
    declared = { text: "two", tags: ["v1"] };
    await stack.up();
    const replaced = reference;
    declared = { text: "three", tags: ["v1"] };
    const { diagnostics } = await stack.up();
    const kept = diagnostics.filter((text) => text.includes("stays published"));
    assert.equal(kept.length, 1);
    assert.ok(kept[0]?.startsWith(String(replaced)), kept[0]);
  });
});

function declare({ text, tagLock, properties, ...args }: Declared): Output<string> {
  const artifact = new OciArtifact("artifact", {
    repository,
    artifactType: "application/vnd.example.docs",
    layers: [{ content: text, title: "text" }],
    ...args,
  });
  const options = { dependsOn: artifact };
  if (tagLock === true) new TagLock("lock", { repository, tag: "v1" }, options);
  if (properties === true) {
    const { digest } = artifact;
    new ManifestProperties("properties", { repository, digest, listEnabled: false }, options);
  }
  return artifact.reference;
}
