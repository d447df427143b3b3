import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import { type Emulator } from "pulumi-acr/emulator";
import { LOCKED, OPEN } from "../support/attributes.js";
import { type Bag, type Declaration, type MiniEngine } from "../support/miniEngine.js";
import { writesTo } from "../support/requests.js";
import { eachWithScene } from "../support/scene.js";
import { type Somebody } from "../support/somebody.js";

const REPOSITORY = "team/app";

/** An artifact whose content is one text. */
function artifact(name: string, text: string, inputs: Bag): Declaration {
  const content = { artifactType: "application/vnd.example", layers: [{ content: text }] };
  return { name, kind: "OciArtifact", inputs: { repository: REPOSITORY, ...content, ...inputs } };
}

describe("a tag that passes from one resource of the program to another", () => {
  let emulator: Emulator;
  let somebody: Somebody;
  let engine: MiniEngine;
  let one: string;

  /** The former owner, which locked the tag. */
  const owner = artifact("owner", "one", { tags: ["1", "stable"], lock: true });
  const without = (inputs: Bag = {}): Declaration =>
    artifact("owner", "one", { tags: ["1"], lock: true, ...inputs });
  const tag = (): Declaration => ({
    name: "tag",
    kind: "ArtifactTag",
    inputs: { repository: REPOSITORY, tag: "stable", digest: one },
  });
  const same = (inputs: Bag = {}): Declaration =>
    artifact("other", "one", { tags: ["stable"], ...inputs });
  const stable = async (): Promise<unknown> => somebody.attributesOfTag("stable");

  eachWithScene(REPOSITORY, (scene) => ({ emulator, somebody, engine } = scene));
  beforeEach(async () => {
    await engine.up([owner]);
    one = String(engine.resource("owner").outputs["digest"]);
    assert.deepEqual(await stable(), LOCKED);
  });

  /** A further up makes no request, and destroy removes everything. */
  const ends = async (program: readonly Declaration[]): Promise<void> => {
    emulator.journal.clear();
    await engine.up(program);
    assert.deepEqual(emulator.journal.entries, []);
    await engine.destroy();
    assert.deepEqual(engine.state, []);
    assert.equal(await somebody.digestOf("stable"), undefined);
  };

  const takers: [string, () => Declaration][] = [
    ["an ArtifactTag", tag],
    ["an OciArtifact with the same content", same],
  ];
  for (const [name, taker] of takers) {
    const orders: [string, () => Declaration[]][] = [
      ["declared after its former owner", () => [without(), taker()]],
      ["declared before its former owner", () => [taker(), without()]],
      ["its former owner deletes dropped tags", () => [without({ onReplace: "delete" }), taker()]],
      ["its former owner drops its lock", () => [taker(), without({ lock: false })]],
    ];
    for (const [order, program] of orders) {
      it(`is unlocked when it passes to ${name} (${order})`, async () => {
        await engine.up(program());
        assert.equal(await somebody.digestOf("stable"), one);
        assert.deepEqual(await stable(), OPEN);
        await ends(program());
      });
    }

    for (const onDelete of ["delete", "untag", "retain"]) {
      it(`is unlocked when it passes to ${name} from a removed resource (onDelete ${onDelete})`, async () => {
        await engine.up([
          artifact("owner", "one", { tags: ["1", "stable"], lock: true, onDelete }),
        ]);
        await engine.up([taker()]);
        assert.equal(await somebody.digestOf("stable"), one);
        assert.deepEqual(await stable(), OPEN);
        await ends([taker()]);
      });
    }

    it(`is unlocked when it passes to ${name} from a replaced resource`, async () => {
      const next = artifact("owner", "two", { tags: ["2"], lock: true });
      await engine.up([taker(), next]);
      assert.equal(await somebody.digestOf("stable"), one);
      assert.deepEqual(await stable(), OPEN);
      await ends([taker(), next]);
    });
  }

  for (const order of ["before", "after"]) {
    it(`stays locked if its new owner, declared ${order} the former one, locks it`, async () => {
      const program = [same({ lock: true }), without()];
      if (order === "after") program.reverse();
      await engine.up(program);
      assert.deepEqual(await stable(), LOCKED);
      await ends(program);
    });
  }

  it("keeps only the part of the lock that its new owner declares", async () => {
    const program = [same({ lock: { deleteEnabled: false } }), without()];
    await engine.up(program);
    assert.deepEqual(await stable(), { ...OPEN, deleteEnabled: false });
    await ends(program);
  });

  it("moves to the content of its new owner even if it is locked", async () => {
    const program = [without(), artifact("other", "two", { tags: ["stable"] })];
    await engine.up(program);
    assert.equal(await somebody.digestOf("stable"), engine.resource("other").outputs["digest"]);
    assert.deepEqual(await stable(), OPEN);
    await ends(program);
  });

  it("moves to a resource that existed before even if it is locked", async () => {
    const other = (tags: string[]): Declaration => artifact("other", "two", { tags });
    await engine.up([owner, other(["2"])]);
    const program = [without(), other(["2", "stable"])];
    await engine.up(program);
    assert.equal(await somebody.digestOf("stable"), engine.resource("other").outputs["digest"]);
    await ends(program);
  });

  it("is moved by the next up if the first one failed", async () => {
    const other = (tags: string[]): Declaration => artifact("other", "two", { tags });
    await engine.up([owner, other(["2"])]);
    const program = [without(), other(["3", "stable"])];
    const fault = emulator.faults.add({
      method: "PUT",
      path: /manifests\/3$/,
      action: { type: "status", status: 403 },
    });
    await assert.rejects(engine.up(program));
    fault.remove();
    await engine.up(program);
    assert.equal(await somebody.digestOf("stable"), engine.resource("other").outputs["digest"]);
    await ends(program);
  });

  const refusals: [string, Bag, string, RegExp][] = [
    ["opened it and could not put it", {}, "PUT", /manifests\/stable$/],
    ["failed before putting it", { lock: false }, "GET", /\/v2\/.*\/manifests\/sha256/],
  ];
  for (const [name, inputs, method, path] of refusals) {
    for (const end of ["moved by the next up", "removed by destroy"] as const) {
      it(`belongs to a new ArtifactTag that ${name}, and is ${end}`, async () => {
        const two = await somebody.publish("two");
        const moved = { ...tag(), inputs: { repository: REPOSITORY, tag: "stable", digest: two } };
        const program = [without(inputs), moved];
        await engine.up([
          artifact("owner", "one", { tags: ["1", "stable"], lock: true, ...inputs }),
        ]);
        const action = { type: "status", status: 403 } as const;
        const fault = emulator.faults.add({ method, path, action });
        await assert.rejects(engine.up(program), { message: /\[DENIED\]$/ });
        fault.remove();
        assert.equal(await somebody.digestOf("stable"), one, "how far it came");
        if (end === "moved by the next up") {
          await engine.up(program);
          assert.equal(await somebody.digestOf("stable"), two);
          return ends(program);
        }
        await engine.destroy();
        assert.equal(await somebody.digestOf("stable"), undefined);
      });
    }
  }

  describe("that was moved but could not be locked again for a TagLock", () => {
    let two: string;
    let program: Declaration[];
    beforeEach(async () => {
      two = await somebody.publish("two");
      const inputs = { repository: REPOSITORY, tag: "stable" };
      const lock: Declaration = { name: "lock", kind: "TagLock", inputs };
      program = [lock, without(), { ...tag(), inputs: { ...inputs, digest: two } }];
      await engine.up([owner, lock]);
      const action = { type: "status", status: 403 } as const;
      const rule = { method: "PATCH", path: /_tags\/stable$/, nth: 2, action };
      const fault = emulator.faults.add(rule);
      await assert.rejects(engine.up(program), { message: /\[DENIED\]$/ });
      fault.remove();
      assert.equal(await somebody.digestOf("stable"), two, "how far it came");
      assert.deepEqual(await stable(), OPEN, "how far it came");
    });

    it("is removed with its new owner", async () => {
      await engine.destroy();
      assert.equal(await somebody.digestOf("stable"), undefined);
    });

    it("is locked by the next up", async () => {
      await engine.up(program);
      assert.deepEqual(await stable(), LOCKED);
      emulator.journal.clear();
      await engine.up(program);
      assert.deepEqual(emulator.journal.entries, []);
    });

    it("is locked by a later up if the next one fails too", async () => {
      const action = { type: "status", status: 403 } as const;
      const fault = emulator.faults.add({ method: "PATCH", path: /_tags\/stable$/, action });
      await assert.rejects(engine.up(program), { message: /\[DENIED\]$/ });
      fault.remove();
      await engine.up(program);
      assert.deepEqual(await stable(), LOCKED);
    });
  });

  it("is a conflict if somebody moved it meanwhile, and their lock stays", async () => {
    await somebody.setTagAttributes("stable", OPEN);
    await somebody.publish("theirs", "stable");
    await somebody.setTagAttributes("stable", { writeEnabled: false });
    emulator.journal.clear();
    const program = [without(), artifact("other", "two", { tags: ["stable"] })];
    await assert.rejects(engine.up(program), {
      message: /stable was changed again.*\[CONFLICT\]$/,
    });
    assert.deepEqual(writesTo(emulator), []);
    assert.equal((await somebody.attributesOfTag("stable"))?.writeEnabled, false);
  });

  it("is unlocked when its former owner moves to another repository", async () => {
    const moved = artifact("owner", "one", {
      tags: ["1", "stable"],
      lock: true,
      repository: "team/other",
    });
    await engine.up([moved, tag()]);
    assert.deepEqual(await stable(), OPEN);
    await ends([moved, tag()]);
  });
});
