import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { type Emulator } from "pulumi-acr/emulator";
import { UNKNOWN } from "../../provider/arguments/unknown.js";
import {
  type Bag,
  type Declaration,
  type MiniEngine,
  type OutputsOf,
} from "../support/miniEngine.js";
import { requestsTo, writesTo } from "../support/requests.js";
import { eachWithScene } from "../support/scene.js";
import { ABSENT_DIGEST, type Somebody } from "../support/somebody.js";

const REPOSITORY = "team/app";
const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const AMD64 = { architecture: "amd64", os: "linux" };
const ARM64 = { architecture: "arm64", os: "linux", variant: "v8" };

/** An artifact whose content is its name. */
function artifact(name: string, inputs: Bag = {}): Declaration {
  return {
    name,
    kind: "OciArtifact",
    inputs: {
      repository: REPOSITORY,
      artifactType: "application/vnd.example",
      layers: [{ content: name }],
      ...inputs,
    },
  };
}

function descriptorOf(name: string, outputsOf: OutputsOf): Bag {
  const { mediaType, digest, size } = outputsOf(name);
  return { mediaType, digest, size };
}

/** An index of artifacts that are declared before it. */
function index(children: readonly string[], inputs: Bag = {}): Declaration {
  return {
    name: "index",
    kind: "OciIndex",
    inputs: (outputsOf) => ({
      repository: REPOSITORY,
      manifests: children.map((name) => descriptorOf(name, outputsOf)),
      ...inputs,
    }),
  };
}

describe("OciIndex", () => {
  let emulator: Emulator;
  let somebody: Somebody;
  let engine: MiniEngine;

  eachWithScene(REPOSITORY, (scene) => ({ emulator, somebody, engine } = scene));

  const digest = (name = "index"): string => String(engine.resource(name).outputs["digest"]);
  const published = async (name = "index"): Promise<unknown> => {
    const found = await somebody.repository.manifests.fetch(digest(name));
    assert.ok(found);
    return JSON.parse(Buffer.from(found.bytes).toString());
  };
  const said = (): string => engine.messages.map(({ text }) => text).join("\n");

  it("publishes the previewed digest, with manifests in the declared order", async () => {
    const program: Declaration[] = [
      artifact("windows"),
      artifact("linux"),
      {
        name: "index",
        kind: "OciIndex",
        inputs: (outputsOf) => ({
          repository: REPOSITORY,
          artifactType: "application/vnd.example.set",
          annotations: { b: "2", a: "1" },
          manifests: [
            { ...descriptorOf("windows", outputsOf), platform: AMD64, annotations: { c: "3" } },
            { ...descriptorOf("linux", outputsOf), platform: ARM64, artifactType: "a/b" },
          ],
          subject: descriptorOf("linux", outputsOf),
          tags: ["v1"],
        }),
      },
    ];
    const preview = await engine.preview(program);
    assert.deepEqual(requestsTo(emulator), []);
    await engine.up(program);
    assert.equal(preview.outputs["index"]?.["digest"], digest());
    assert.equal(await somebody.digestOf("v1"), digest());
    const windows = descriptorOf("windows", (name) => engine.resource(name).outputs);
    const linux = descriptorOf("linux", (name) => engine.resource(name).outputs);
    assert.deepEqual(await published(), {
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.index.v1+json",
      artifactType: "application/vnd.example.set",
      manifests: [
        { ...windows, annotations: { c: "3" }, platform: AMD64 },
        { ...linux, platform: ARM64, artifactType: "a/b" },
      ],
      subject: linux,
      annotations: { a: "1", b: "2" },
    });
    const { id } = engine.resource("index");
    assert.equal(id, `${emulator.loginServer}/${REPOSITORY}@${digest()}`);
  });

  it("looks at each child once, and makes no request when nothing changed", async () => {
    const children = [artifact("a"), artifact("b")];
    const program = [...children, index(["a", "b", "a"], { tags: ["v1"] })];
    await engine.up(children);
    emulator.journal.clear();
    await engine.up(program);
    assert.deepEqual(requestsTo(emulator), [
      ...["HEAD manifest", "HEAD manifest", "HEAD manifest", "HEAD tag v1"],
      ...["PUT manifest", "PUT tag v1", "GET manifest properties"],
    ]);
    emulator.journal.clear();
    assert.equal((await engine.up(program)).operations["index"], "same");
    assert.deepEqual(requestsTo(emulator), []);
    await engine.refresh();
    assert.equal(requestsTo(emulator).length, program.length, "one request for each resource");
  });

  describe("is not published with", () => {
    const rows: [string, (theirs: string) => Bag, RegExp][] = [
      [
        "a child that does not exist",
        () => ({ mediaType: MANIFEST, digest: ABSENT_DIGEST, size: 5 }),
        /the index names manifests that do not exist: .*team\/app@sha256:\w+\. Nothing was.*dependsOn\. .*`pulumi up --refresh`.*\[NOT_FOUND\]$/,
      ],
      [
        "a child whose size differs",
        (theirs) => ({ mediaType: MANIFEST, digest: theirs, size: 5 }),
        /manifests\[1\]\.size is declared as 5, but sha256:\w+ has \d+\. Nothing was/,
      ],
      [
        "a child whose media type differs",
        (theirs) => ({
          mediaType: "application/vnd.oci.image.index.v1+json",
          digest: theirs,
          size: 1,
        }),
        /manifests\[1\]\.(?:size|mediaType) is declared as/,
      ],
    ];
    for (const [name, child, message] of rows) {
      it(name, async () => {
        const theirs = await somebody.publish("theirs");
        const { size } = (await somebody.repository.manifests.resolve(theirs)) ?? {};
        const manifests = [{ mediaType: MANIFEST, digest: theirs, size }, child(theirs)];
        const program = [index([], { manifests, tags: ["v1"] })];
        emulator.journal.clear();
        await engine.preview(program);
        assert.deepEqual(requestsTo(emulator), []);
        await assert.rejects(engine.up(program), { message });
        assert.deepEqual([writesTo(emulator), engine.state], [[], []]);
      });
    }
  });

  it("leaves unknown at preview only what depends on an unknown child", async () => {
    const child = { mediaType: MANIFEST, digest: UNKNOWN, size: UNKNOWN };
    const { outputs } = await engine.preview([index([], { manifests: [child] })]);
    const { digest, size, reference, mediaType } = outputs["index"] ?? {};
    assert.deepEqual([digest, size, reference], [UNKNOWN, UNKNOWN, UNKNOWN]);
    assert.equal(mediaType, "application/vnd.oci.image.index.v1+json");
  });

  describe("when its content changes", () => {
    it("is replaced and its tag moves, while the old index stays published", async () => {
      await engine.up([artifact("a"), artifact("b"), index(["a", "b"], { tags: ["v1"] })]);
      const old = digest();
      const next = [artifact("a"), artifact("b"), index(["b", "a"], { tags: ["v1"] })];
      assert.equal((await engine.up(next)).operations["index"], "replace");
      assert.equal(await somebody.digestOf("v1"), digest());
      assert.ok(await somebody.has(old));
      assert.match(said(), /stays published \(onReplace: "retain"\)/);
    });

    it("removes the old index and its old child with onReplace delete on both", async () => {
      const child = (text: string): Declaration =>
        artifact("a", { layers: [{ content: text }], onReplace: "delete" });
      const program = (text: string): Declaration[] => [
        child(text),
        index(["a"], { tags: ["v1"], onReplace: "delete" }),
      ];
      await engine.up(program("one"));
      const old = [digest("a"), digest()];
      await engine.up(program("two"));
      for (const one of old) assert.equal(await somebody.has(one), false);
      assert.equal(await somebody.digestOf("v1"), digest());
    });

    it("keeps the old child while the old index stays", async () => {
      const child = (text: string): Declaration =>
        artifact("a", { layers: [{ content: text }], onReplace: "delete" });
      await engine.up([child("one"), index(["a"], { tags: ["v1"] })]);
      const [old, oldIndex] = [digest("a"), digest()];
      await engine.up([child("two"), index(["a"], { tags: ["v1"] })]);
      assert.ok(await somebody.has(old));
      assert.match(said(), new RegExp(`@${old} stays: the index ${oldIndex} names it`));
    });
  });

  describe("removal", () => {
    it("keeps the manifests that the index names", async () => {
      await engine.up([artifact("a"), index(["a"], { tags: ["v1"], lock: true })]);
      const [child, own] = [digest("a"), digest()];
      await engine.up([artifact("a")]);
      assert.ok(await somebody.has(child));
      assert.equal(await somebody.has(own), false);
      assert.equal(await somebody.digestOf("v1"), undefined);
    });

    it("leaves nothing when everything is destroyed", async () => {
      await engine.up([artifact("a", { tags: ["a"] }), index(["a"], { tags: ["v1"] })]);
      await engine.destroy();
      assert.equal(await somebody.repository.attributes.repository(), undefined);
    });

    it("keeps a child that the index still names, opens its lock and says why", async () => {
      const child = artifact("a", { tags: ["a"], lock: true });
      await engine.up([child]);
      const own = digest("a");
      const manifests = [descriptorOf("a", (name) => engine.resource(name).outputs)];
      await engine.up([child, index([], { manifests })]);
      await engine.up([index([], { manifests })]);
      assert.ok(await somebody.has(own));
      assert.equal(await somebody.digestOf("a"), undefined);
      assert.equal((await somebody.attributesOfManifest(own))?.deleteEnabled, true);
      assert.match(said(), /stays: urn:pulumi:.*OciIndex::index names it/);
    });

    it("keeps an index that another index names", async () => {
      await engine.up([artifact("a"), index(["a"], { tags: ["v1"] })]);
      const own = digest();
      await somebody.publishIndex(own, "all");
      await engine.up([artifact("a")]);
      assert.ok(await somebody.has(own));
      assert.match(said(), /stays: the index sha256:\w+ names it/);
    });
  });

  it("reports drift of its tags and locks; the next up repairs it", async () => {
    const program = [artifact("a"), index(["a"], { tags: ["v1", "v2"], lock: true })];
    await engine.up(program);
    const theirs = await somebody.publish("theirs");
    await somebody.setTagAttributes("v1", { deleteEnabled: true, writeEnabled: true });
    await somebody.tag("v1", theirs);
    await somebody.setTagAttributes("v2", { deleteEnabled: true });
    const preview = await engine.preview(program, { refresh: true });
    assert.match(
      preview.messages.map(({ text }) => text).join("\n"),
      /v1 was moved since .*v2 has deleteEnabled=true/s,
    );
    assert.deepEqual(preview.changes["index"], ["lock", "tags"]);
    await engine.up(program, { refresh: true });
    assert.equal(await somebody.digestOf("v1"), digest());
    assert.equal((await somebody.attributesOfTag("v2"))?.deleteEnabled, false);
    emulator.journal.clear();
    await engine.up(program);
    assert.deepEqual(requestsTo(emulator), []);
  });

  it("records which tags were put when one is refused", async () => {
    const program = [artifact("a"), index(["a"], { tags: ["v1", "v2"] })];
    const fault = emulator.faults.add({
      method: "PUT",
      path: /manifests\/v2$/,
      times: Infinity,
      action: { type: "status", status: 403 },
    });
    await assert.rejects(engine.up(program), { message: /v2/ });
    assert.deepEqual(engine.resource("index").outputs["tags"], ["v1"]);
    fault.remove();
    emulator.journal.clear();
    await engine.up(program);
    assert.deepEqual(writesTo(emulator), ["PUT tag v2"]);
  });
});
