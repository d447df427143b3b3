import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import { type Emulator } from "pulumi-acr/emulator";
import type { Attributes } from "../../../provider/registry/attributes.js";
import { LOCKED, OPEN } from "../../support/attributes.js";
import { type Bag, type Declaration, type MiniEngine } from "../../support/miniEngine.js";
import { writesTo } from "../../support/requests.js";
import { eachWithScene } from "../../support/scene.js";
import { ABSENT_DIGEST, type Somebody } from "../../support/somebody.js";

const REPOSITORY = "team/app";

describe("attributes are put back", () => {
  let emulator: Emulator;
  let somebody: Somebody;
  let engine: MiniEngine;
  let digest: string;

  eachWithScene(REPOSITORY, (scene) => ({ emulator, somebody, engine } = scene));
  beforeEach(async () => {
    digest = await somebody.publish("text", "v1");
    await somebody.tag("v2", digest);
  });

  const lock = (inputs: Bag = {}, name = "lock"): Declaration => ({
    name,
    kind: "TagLock",
    inputs: { repository: REPOSITORY, tag: "v1", ...inputs },
  });
  const properties = (inputs: Bag, name = "properties"): Declaration => ({
    name,
    kind: "ManifestProperties",
    inputs: { repository: REPOSITORY, digest, ...inputs },
  });
  const live = async (): Promise<{ tag?: Attributes; manifest?: Attributes }> => ({
    tag: await somebody.attributesOfTag("v1"),
    manifest: await somebody.attributesOfManifest(digest),
  });
  const says = (pattern: RegExp) => (error: Error) => {
    assert.match(error.message, pattern);
    return true;
  };

  describe("by TagLock", () => {
    it("on the tag and on its manifest, each what it had", async () => {
      await somebody.setTagAttributes("v1", { deleteEnabled: false });
      await somebody.setManifestAttributes(digest, { writeEnabled: false, listEnabled: false });
      await engine.up([lock()]);
      assert.deepEqual(await live(), {
        tag: LOCKED,
        manifest: { ...LOCKED, listEnabled: false },
      });
      await engine.destroy();
      assert.deepEqual(await live(), {
        tag: { ...OPEN, deleteEnabled: false },
        manifest: { ...OPEN, writeEnabled: false, listEnabled: false },
      });
    });

    it("only where the live value is still ours", async () => {
      await engine.up([lock({ readEnabled: false })]);
      await somebody.setTagAttributes("v1", { readEnabled: true, listEnabled: false });
      await engine.destroy();
      assert.deepEqual((await live()).tag, { ...OPEN, listEnabled: false });
    });

    it("also by one that was replaced on request, if it is refreshed or deleted first", async () => {
      for (const deleteBeforeReplace of [false, true]) {
        const program = [{ ...lock(), deleteBeforeReplace }];
        await engine.up(program);
        const options = { replace: ["lock"], refresh: !deleteBeforeReplace };
        assert.deepEqual((await engine.up(program, options)).operations, { lock: "replace" });
        assert.deepEqual(engine.messages, []);
        assert.deepEqual(await live(), { tag: LOCKED, manifest: LOCKED });
        await engine.destroy();
        assert.deepEqual(await live(), { tag: OPEN, manifest: OPEN });
      }
    });

    it("not by the replacement that --replace asks for alone, of which it is told", async () => {
      await engine.up([lock()]);
      await engine.up([lock()], { replace: ["lock"] });
      const said = engine.messages.map(({ text }) => text);
      assert.equal(said.length, 2, "of the tag, and of the manifest");
      assert.match(
        said[0] ?? "",
        /:v1 stays as it is for its replacement, .* It was deleteEnabled=true, writeEnabled=true: put that back .*--refresh/,
      );
    });

    it("not by one that was renamed without an alias, of which it is told", async () => {
      await engine.up([lock()]);
      await engine.up([lock({}, "renamed")]);
      const said = engine.messages.map(({ text }) => text);
      assert.equal(said.length, 2, "of the tag and of its manifest");
      assert.match(
        said[0] ?? "",
        /v1 stays as it is for urn:\S+::renamed, .* It was deleteEnabled=true, writeEnabled=true: put that back/,
      );
      await engine.up([{ ...lock({}, "again"), aliases: ["renamed"] }]);
      assert.deepEqual(engine.messages, []);
      await engine.up([lock({ tag: "v2" }, "again")]);
      assert.deepEqual(engine.messages, []);
    });

    it("with no write where nothing is to be put back", async () => {
      await somebody.setTagAttributes("v1", LOCKED);
      await somebody.setManifestAttributes(digest, LOCKED);
      await engine.up([lock()]);
      emulator.journal.clear();
      await engine.destroy();
      assert.deepEqual(writesTo(emulator), []);
      assert.deepEqual(await live(), { tag: LOCKED, manifest: LOCKED });
    });

    it("although tag or manifest are gone, which is no error", async () => {
      await engine.up([lock()]);
      await somebody.setTagAttributes("v1", OPEN);
      await somebody.setManifestAttributes(digest, OPEN);
      await somebody.deleteManifest(digest);
      await engine.destroy();
      assert.deepEqual(engine.state, []);
    });

    it("to the manifest by the last of two locks on its tags", async () => {
      await engine.up([lock(), lock({ tag: "v2" }, "other")]);
      await engine.up([lock({ tag: "v2" }, "other")]);
      assert.deepEqual(await live(), { tag: OPEN, manifest: LOCKED });
      await engine.up([]);
      assert.deepEqual(await live(), { tag: OPEN, manifest: OPEN });
      assert.deepEqual(await somebody.attributesOfTag("v2"), OPEN);
    });

    it("to the manifest when both locks go at once", async () => {
      await engine.up([lock(), lock({ tag: "v2" }, "other")]);
      await engine.destroy();
      assert.deepEqual(await live(), { tag: OPEN, manifest: OPEN });
    });

    it("to the manifest when lockManifest is taken away, which is locked again when it is back", async () => {
      await somebody.setManifestAttributes(digest, { deleteEnabled: false });
      await engine.up([lock()]);
      await engine.up([lock({ lockManifest: false })]);
      assert.deepEqual(await live(), { tag: LOCKED, manifest: { ...OPEN, deleteEnabled: false } });
      await engine.up([lock()]);
      assert.deepEqual(await live(), { tag: LOCKED, manifest: LOCKED });
      await engine.destroy();
      assert.deepEqual(await live(), { tag: OPEN, manifest: { ...OPEN, deleteEnabled: false } });
    });

    it("for an attribute that is no longer named, and remembered for one that is added", async () => {
      await engine.up([lock({ lockManifest: false, readEnabled: false })]);
      await engine.up([lock({ lockManifest: false, listEnabled: false })]);
      assert.deepEqual((await live()).tag, { ...LOCKED, listEnabled: false });
      await engine.up([lock({ lockManifest: false, writeEnabled: true, listEnabled: false })]);
      assert.deepEqual((await live()).tag, { ...LOCKED, writeEnabled: true, listEnabled: false });
      await engine.destroy();
      assert.deepEqual((await live()).tag, OPEN);
    });

    it("on the old tag when another one is locked instead", async () => {
      await engine.up([lock({ lockManifest: false })]);
      const run = await engine.up([lock({ tag: "v2", lockManifest: false })]);
      assert.deepEqual(run.operations, { lock: "replace" });
      assert.deepEqual((await live()).tag, OPEN);
      assert.deepEqual(await somebody.attributesOfTag("v2"), LOCKED);
    });

    it("not at all to a manifest that the replacement locks as well", async () => {
      await engine.up([lock()]);
      await engine.up([lock({ tag: "v2" })]);
      assert.deepEqual(await live(), { tag: OPEN, manifest: LOCKED });
      await engine.destroy();
      assert.deepEqual(await live(), { tag: OPEN, manifest: OPEN });
    });

    it("to the manifest that the tag named before it was moved", async () => {
      await engine.up([lock()]);
      await somebody.setTagAttributes("v1", OPEN);
      const moved = await somebody.publish("moved", "v1");
      await engine.up([lock()], { refresh: true });
      assert.deepEqual((await live()).manifest, OPEN);
      assert.deepEqual(await somebody.attributesOfManifest(moved), LOCKED);
      await engine.destroy();
      assert.deepEqual(await somebody.attributesOfManifest(moved), OPEN);
    });
  });

  describe("and nothing is locked", () => {
    it("where the tag names another digest than it must", async () => {
      await assert.rejects(
        engine.up([lock({ digest: ABSENT_DIGEST })]),
        says(
          /:v1 names sha256:\w+, but this TagLock is for sha256:\w+\. Nothing was locked.*\[CONFLICT\]/,
        ),
      );
      assert.deepEqual(
        writesTo(emulator).filter((line) => line.startsWith("PATCH")),
        [],
      );
    });

    it("where a pinned tag was moved, until it is back", async () => {
      const program = [lock({ digest })];
      await engine.up(program);
      await somebody.setTagAttributes("v1", OPEN);
      const moved = await somebody.publish("moved", "v1");
      emulator.journal.clear();
      const preview = await engine.preview(program, { refresh: true });
      assert.deepEqual(preview.changes["lock"], ["deleteEnabled", "digest", "writeEnabled"]);
      await assert.rejects(engine.up(program, { refresh: true }), says(/Nothing was locked/));
      assert.deepEqual(writesTo(emulator), []);
      assert.deepEqual(await somebody.attributesOfManifest(moved), OPEN);
      await somebody.tag("v1", digest);
      await engine.up(program, { refresh: true });
      assert.deepEqual(await live(), { tag: LOCKED, manifest: LOCKED });
    });

    it("where there is no such tag", async () => {
      await assert.rejects(
        engine.up([lock({ tag: "v9" })]),
        says(/:v9 does not exist, so its attributes cannot be set.*\[NOT_FOUND\]/),
      );
      assert.deepEqual(engine.state, []);
    });
  });

  describe("by ManifestProperties", () => {
    it("only those that are named", async () => {
      await somebody.setManifestAttributes(digest, { readEnabled: false });
      await engine.up([properties({ readEnabled: true, listEnabled: false })]);
      assert.deepEqual((await live()).manifest, { ...OPEN, listEnabled: false });
      await somebody.setManifestAttributes(digest, { deleteEnabled: false });
      await engine.destroy();
      const manifest = { ...OPEN, readEnabled: false, deleteEnabled: false };
      assert.deepEqual((await live()).manifest, manifest);
    });

    it("when an update drops, adds and turns them round", async () => {
      await engine.up([properties({ readEnabled: false, listEnabled: false })]);
      await engine.up([properties({ listEnabled: true, deleteEnabled: false })]);
      assert.deepEqual((await live()).manifest, { ...OPEN, deleteEnabled: false });
      await engine.destroy();
      assert.deepEqual((await live()).manifest, OPEN);
    });

    it("on the old manifest when another one is named", async () => {
      await engine.up([properties({ listEnabled: false })]);
      const other = await somebody.publish("other");
      const run = await engine.up([properties({ digest: other, listEnabled: false })]);
      assert.deepEqual(run.operations, { properties: "replace" });
      assert.deepEqual((await live()).manifest, OPEN);
      assert.deepEqual(await somebody.attributesOfManifest(other), { ...OPEN, listEnabled: false });
    });

    it("after a TagLock on the same manifest is gone, whichever goes first", async () => {
      const both = [lock(), properties({ listEnabled: false })];
      for (const first of both) {
        await engine.up(both);
        await engine.up([first]);
        assert.deepEqual(
          (await live()).manifest,
          first.kind === "TagLock" ? LOCKED : { ...OPEN, listEnabled: false },
        );
        await engine.destroy();
        assert.deepEqual(await live(), { tag: OPEN, manifest: OPEN });
      }
    });
  });
});
