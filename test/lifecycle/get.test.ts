import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import * as pulumi from "@pulumi/pulumi";
import { ManifestProperties, OciArtifact, TagLock } from "pulumi-acr";
import { type Emulator, startEmulator } from "pulumi-acr/emulator";
import { EngineStack, environmentFor } from "../support/engine.js";
import { writesTo } from "../support/requests.js";
import { ABSENT_DIGEST, Somebody } from "../support/somebody.js";

const CLASSES = { OciArtifact, TagLock, ManifestProperties };

/** On the real engine, because only it calls `read` for a `get`. */
describe("static get", function () {
  this.timeout(120_000);
  let emulator: Emulator;
  let somebody: Somebody;
  let stack: EngineStack;
  let base: string;
  let digest: string;

  before(async () => {
    emulator = await startEmulator();
    somebody = new Somebody(emulator, "team/app");
    base = `${emulator.loginServer}/team/app`;
    digest = await somebody.publish("text", "v1");
    await somebody.setTagAttributes("v1", { writeEnabled: false });
    await somebody.setManifestAttributes(digest, { listEnabled: false });
    stack = await EngineStack.create({ environment: environmentFor(emulator) });
  });
  after(async () => {
    stack.remove();
    somebody.close();
    await emulator.close();
  });

  it("reads the live values, even at preview, and changes nothing", async () => {
    const seen: Record<string, unknown>[] = [];
    stack.program = () => {
      const artifact = OciArtifact.get("artifact", `${base}@${digest}`);
      const lock = TagLock.get("lock", `${base}:v1`);
      const properties = ManifestProperties.get("properties", `${base}@${digest}`);
      const { mediaType, size, layerDescriptors, reference, artifactType } = artifact;
      const { tagDigest, writeEnabled, deleteEnabled } = lock;
      const outputs = {
        ...{ digest: artifact.digest, mediaType, size, layerDescriptors, reference, artifactType },
        ...{ tagDigest, writeEnabled, deleteEnabled, listEnabled: properties.listEnabled },
      };
      pulumi.output(outputs).apply((values) => seen.push(values));
      return Promise.resolve({});
    };
    emulator.journal.clear();
    for (const run of [() => stack.preview(), () => stack.up(), () => stack.destroy()]) {
      const { operations } = await run();
      assert.ok(!["create", "update"].includes(operations.get("artifact")?.[0] ?? ""));
      const [outputs] = seen.splice(0);
      if (outputs === undefined) continue;
      const { layerDescriptors, size, ...others } = outputs;
      assert.equal(typeof size, "number");
      assert.match(JSON.stringify(layerDescriptors), /"mediaType":"text\/plain","size":4/);
      assert.deepEqual(others, {
        digest,
        mediaType: "application/vnd.oci.image.manifest.v1+json",
        reference: `${base}@${digest}`,
        artifactType: "application/vnd.example",
        tagDigest: digest,
        writeEnabled: false,
        deleteEnabled: true,
        listEnabled: false,
      });
    }
    assert.deepEqual(writesTo(emulator), []);
    assert.ok(await somebody.has(digest));
  });

  const rows: [keyof typeof CLASSES, () => string, RegExp][] = [
    [
      "OciArtifact",
      () => `${base}@${ABSENT_DIGEST}`,
      /OciArtifact\.get: 127\.0\.0\.1:\d+\/team\/app@sha256:\w+ does not exist\. Check the id.*\[NOT_FOUND\]/,
    ],
    [
      "TagLock",
      () => `${base}:v9`,
      /TagLock\.get: 127\.0\.0\.1:\d+\/team\/app:v9 does not exist.*\[NOT_FOUND\]/,
    ],
    [
      "ManifestProperties",
      () => `${base}@${ABSENT_DIGEST}`,
      /ManifestProperties\.get: .* does not exist.*\[NOT_FOUND\]/,
    ],
    [
      "OciArtifact",
      () => `${base}:v1`,
      /OciArtifact\.get: .*:v1" is not an id: expected "<login server>\/<repository>@<digest>"\. .*getArtifactOutput\(\{ reference: ".*:v1" \}\) tells its digest \[INPUT_INVALID\]/,
    ],
    [
      "TagLock",
      () => `${base}@${digest}`,
      /TagLock\.get: .*" is not an id: expected "<login server>\/<repository>:<tag>" \[INPUT_INVALID\]/,
    ],
    [
      "ManifestProperties",
      () => "team/app",
      /ManifestProperties\.get: "team\/app" is not an id: expected "<login server>\/<repository>@<digest>" \[INPUT_INVALID\]/,
    ],
  ];
  for (const [kind, id, message] of rows) {
    it(`fails at preview for ${kind} ${message.source.includes("INPUT") ? "with a malformed id" : "that does not exist"}`, async () => {
      stack.program = () => {
        CLASSES[kind].get("one", id());
        return Promise.resolve({});
      };
      await assert.rejects(stack.preview(), message);
      if (kind === "OciArtifact") await assert.rejects(stack.up(), message);
    });
  }
});
