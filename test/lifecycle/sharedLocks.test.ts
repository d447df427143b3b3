import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { type Emulator } from "pulumi-acr/emulator";
import { LOCKED, OPEN } from "../support/attributes.js";
import { type Bag, type Declaration, type MiniEngine } from "../support/miniEngine.js";
import { eachWithScene } from "../support/scene.js";
import { type Somebody } from "../support/somebody.js";

const REPOSITORY = "team/app";

/** Artifacts with the same content and different tags and locks. */
function artifact(name: string, tag: string, inputs: Bag = {}): Declaration {
  const content = { artifactType: "application/vnd.example", layers: [{ content: "one" }] };
  const all = { repository: REPOSITORY, tags: [tag], ...content, ...inputs };
  return { name, kind: "OciArtifact", inputs: all };
}

function tagLock(tag: string): Declaration {
  return { name: "lock", kind: "TagLock", inputs: { repository: REPOSITORY, tag } };
}

describe("a lock that an artifact and a TagLock share", () => {
  let emulator: Emulator;
  let somebody: Somebody;
  let engine: MiniEngine;
  let digest: string;

  eachWithScene(REPOSITORY, (scene) => ({ emulator, somebody, engine } = scene));

  const up = async (...program: Declaration[]): Promise<void> => {
    await engine.up(program);
    const first = program.find(({ kind }) => kind === "OciArtifact");
    digest = String(engine.resource(first?.name ?? "").outputs["digest"]);
  };
  const manifest = (): Promise<unknown> => somebody.attributesOfManifest(digest);
  /** Checks that the manifest, kept by a foreign tag, is open when all resources are removed. */
  const endsOpen = async (): Promise<void> => {
    await somebody.tag("theirs", digest);
    await engine.destroy();
    assert.deepEqual(await manifest(), OPEN);
  };

  it("stays on the manifest when the artifact is removed, until the TagLock is too", async () => {
    const locked = artifact("locked", "1", { lock: true });
    const other = artifact("other", "2");
    await up(other, locked, tagLock("2"));
    await up(other, tagLock("2"));
    assert.deepEqual(await manifest(), LOCKED);
    await endsOpen();
  });

  it("stays on the manifest when a TagLock from before the artifact is removed", async () => {
    const other = artifact("other", "2");
    const locked = artifact("locked", "1", { lock: true });
    await up(other, tagLock("2"));
    await up(other, tagLock("2"), locked);
    await up(other, locked);
    assert.deepEqual(await manifest(), LOCKED);
    assert.deepEqual(await somebody.attributesOfTag("2"), OPEN);
    await endsOpen();
  });

  it("stays on the manifest when a TagLock from after the artifact is removed", async () => {
    const locked = artifact("locked", "1", { lock: true });
    await up(locked, tagLock("1"));
    await up(locked);
    assert.deepEqual(await manifest(), LOCKED);
    assert.deepEqual(await somebody.attributesOfTag("1"), LOCKED);
    await endsOpen();
  });

  it("is removed from the tag after first the artifact and then the TagLock gave it up", async () => {
    await up(artifact("app", "1", { lock: true }), tagLock("1"));
    await up(tagLock("1"), artifact("app", "1"));
    assert.deepEqual(await somebody.attributesOfTag("1"), LOCKED);
    await up(artifact("app", "1"));
    assert.deepEqual(await somebody.attributesOfTag("1"), OPEN);
    await endsOpen();
  });

  it("is put again if one artifact opens it before another one is declared", async () => {
    const other = artifact("other", "2", { lock: true });
    await up(artifact("app", "1", { lock: true }), other);
    const program = [artifact("app", "1"), other];
    assert.deepEqual((await engine.up(program)).operations, { app: "update", other: "update" });
    assert.deepEqual(await manifest(), LOCKED);
    assert.deepEqual(await somebody.attributesOfTag("1"), OPEN);
    assert.deepEqual((await engine.up(program)).operations, { app: "same", other: "same" });
    await endsOpen();
  });

  it("is put again in the same run if the artifact opens it before the TagLock is declared", async () => {
    await up(artifact("app", "1", { lock: true }), tagLock("1"));
    const { operations } = await engine.up([artifact("app", "1"), tagLock("1")]);
    assert.deepEqual(operations, { app: "update", lock: "update" });
    assert.deepEqual(await somebody.attributesOfTag("1"), LOCKED);
    assert.deepEqual(await manifest(), LOCKED);
    const again = await engine.up([artifact("app", "1"), tagLock("1")]);
    assert.deepEqual(again.operations, { app: "same", lock: "same" });
    await up(artifact("app", "1"));
    assert.deepEqual(await somebody.attributesOfTag("1"), OPEN);
    await endsOpen();
  });

  for (const order of ["before", "after"] as const) {
    it(`stays on a moved tag that only a TagLock, declared ${order} the artifact, still locks`, async () => {
      const inOrder = (app: Declaration): Declaration[] =>
        order === "before" ? [tagLock("1"), app] : [app, tagLock("1")];
      await up(artifact("app", "1", { lock: true }), tagLock("1"));
      const old = digest;
      await up(...inOrder(artifact("app", "1", { layers: [{ content: "two" }] })));
      assert.equal(await somebody.digestOf("1"), digest);
      assert.notEqual(digest, old);
      assert.deepEqual(await somebody.attributesOfTag("1"), LOCKED);
      await up(artifact("app", "1", { layers: [{ content: "two" }] }));
      assert.deepEqual(await somebody.attributesOfTag("1"), OPEN);
      await endsOpen();
    });
  }

  for (const order of ["before", "after"] as const) {
    it(`stays on a tag that moves at a second attempt, with a TagLock ${order} the artifact`, async () => {
      const next = artifact("app", "1", { layers: [{ content: "two" }] });
      const program = order === "before" ? [tagLock("1"), next] : [next, tagLock("1")];
      await up(artifact("app", "1", { lock: true }), tagLock("1"));
      const old = digest;
      const action = { type: "status", status: 403 } as const;
      const fault = emulator.faults.add({ method: "PUT", path: /manifests\/1$/, action });
      await assert.rejects(engine.up(program), { message: /\[DENIED\]$/ });
      fault.remove();
      assert.deepEqual(await somebody.attributesOfTag("1"), OPEN, "how far it came");
      await up(...program);
      assert.notEqual(digest, old);
      assert.equal(await somebody.digestOf("1"), digest);
      assert.deepEqual(await somebody.attributesOfTag("1"), LOCKED);
      await up(next);
      assert.deepEqual(await somebody.attributesOfTag("1"), OPEN);
      await endsOpen();
    });
  }

  for (const times of [1, 2]) {
    it(`is put again on a moved tag at attempt ${times + 1} if the earlier ones failed`, async () => {
      const next = artifact("app", "1", { layers: [{ content: "two" }] });
      const program = [tagLock("1"), next];
      await up(artifact("app", "1", { lock: true }), tagLock("1"));
      const action = { type: "status", status: 403 } as const;
      const rule = { method: "PATCH", path: /_tags\/1$/, nth: 2, times, action };
      const fault = emulator.faults.add(rule);
      for (let attempts = times; attempts > 0; attempts -= 1) {
        await assert.rejects(engine.up(program), { message: /\[DENIED\]$/ });
        assert.deepEqual(await somebody.attributesOfTag("1"), OPEN, "how far it came");
      }
      fault.remove();
      await up(...program);
      assert.equal(await somebody.digestOf("1"), digest);
      assert.deepEqual(await somebody.attributesOfTag("1"), LOCKED);
      emulator.journal.clear();
      await up(...program);
      assert.deepEqual(emulator.journal.entries, []);
      await up(next);
      await endsOpen();
    });
  }

  it("leaves open on a moved tag what the TagLock opens", async () => {
    const inputs = { repository: REPOSITORY, tag: "1", deleteEnabled: true };
    const lock = { ...tagLock("1"), inputs };
    await up(artifact("app", "1", { lock: true }), lock);
    assert.deepEqual(await somebody.attributesOfTag("1"), { ...OPEN, writeEnabled: false });
    await up(lock, artifact("app", "1", { layers: [{ content: "two" }] }));
    assert.deepEqual(await somebody.attributesOfTag("1"), { ...OPEN, writeEnabled: false });
  });

  it("does not open what somebody had locked before", async () => {
    await up(artifact("app", "1"));
    await somebody.setManifestAttributes(digest, { deleteEnabled: false });
    await up(artifact("app", "1"), tagLock("1"));
    await up(artifact("app", "1"));
    assert.deepEqual(await manifest(), { ...OPEN, deleteEnabled: false });
  });

  it("stays on the manifest if the TagLock no longer locks it", async () => {
    const other = artifact("other", "2");
    const locked = artifact("locked", "1", { lock: true });
    const lock = tagLock("2");
    await up(other, lock);
    await up(other, lock, locked);
    const inputs = { repository: REPOSITORY, tag: "2", lockManifest: false };
    await up(other, locked, { ...lock, inputs });
    assert.deepEqual(await manifest(), LOCKED);
    await endsOpen();
  });
});
