import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { type Emulator } from "pulumi-acr/emulator";
import { type MiniEngine, type Program } from "../support/miniEngine.js";
import { writesTo } from "../support/requests.js";
import { eachWithScene } from "../support/scene.js";
import { type Somebody } from "../support/somebody.js";
import { REPOSITORY } from "./driftRows.js";

const TYPE = "application/vnd.example";
const OPEN = { deleteEnabled: true, writeEnabled: true };

describe("attributes of deleted tags and manifests", () => {
  let emulator: Emulator;
  let somebody: Somebody;
  let engine: MiniEngine;

  eachWithScene(REPOSITORY, (scene) => ({ emulator, somebody, engine } = scene));

  const says = (pattern: RegExp) => (error: Error) => {
    assert.match(error.message, pattern);
    return true;
  };

  it("a TagLock without its tag stays until destroy has restored the manifest's attributes", async () => {
    const theirs = await somebody.publish("theirs", "theirs");
    const inputs = { repository: REPOSITORY, tag: "theirs" };
    const program: Program = [{ name: "app", kind: "TagLock", inputs }];
    await engine.up(program);
    await somebody.setTagAttributes("theirs", { deleteEnabled: true, writeEnabled: true });
    await somebody.untag("theirs");
    const subject = `${emulator.loginServer}/${REPOSITORY}:theirs`;

    const preview = await engine.preview(program, { refresh: true });
    assert.deepEqual(preview.operations, { app: "update" });
    assert.deepEqual(preview.changes["app"], ["tag"]);
    assert.deepEqual(
      preview.messages.map(({ text }) => text),
      [`${subject} was deleted; declared: ${theirs}`],
    );

    emulator.journal.clear();
    await assert.rejects(
      engine.up(program, { refresh: true }),
      says(/:theirs does not exist, so its attributes cannot be set.*\[NOT_FOUND\]/),
    );
    assert.deepEqual(writesTo(emulator), []);
    assert.deepEqual(engine.resource("app").outputs["drift"], [
      { kind: "tag-deleted", subject, expected: theirs, actual: "absent" },
    ]);

    await somebody.setManifestAttributes(theirs, { writeEnabled: true });
    await somebody.tag("theirs", theirs);
    await engine.up(program, { refresh: true });
    assert.equal((await somebody.attributesOfTag("theirs"))?.writeEnabled, false);
    await somebody.setTagAttributes("theirs", { deleteEnabled: true, writeEnabled: true });
    await somebody.untag("theirs");
    await engine.destroy();
    assert.equal((await somebody.attributesOfManifest(theirs))?.deleteEnabled, true);
  });

  for (const tags of [[], ["v1"]]) {
    it(`a lock change of a deleted artifact with ${tags.length} tags fails, and the suggested remedy works`, async () => {
      const inputs = { repository: REPOSITORY, layers: [{ content: "x" }], tags };
      const app = (lock: boolean): Program => [
        { name: "app", kind: "OciArtifact", inputs: { ...inputs, artifactType: TYPE, lock } },
      ];
      for (const lock of [true, false]) {
        await engine.up(app(!lock), { refresh: true });
        const digest = String(engine.resource("app").outputs["digest"]);
        await somebody.setManifestAttributes(digest, OPEN);
        for (const tag of tags) await somebody.setTagAttributes(tag, OPEN);
        await somebody.deleteManifest(digest);
        await assert.rejects(
          engine.up(app(lock)),
          // With a tag, reading back the tag fails first.
          says(/(?:no longer exists|deleted by somebody else).* Run `pulumi up --refresh`/),
        );
        await engine.up(app(lock), { refresh: true });
        assert.equal((await somebody.attributesOfManifest(digest))?.writeEnabled, !lock);
      }
    });
  }

  it("ManifestProperties leave the state with their manifest and cannot be created without it", async () => {
    const digest = await somebody.publish("theirs");
    const inputs = { repository: REPOSITORY, digest, listEnabled: false };
    const program: Program = [{ name: "app", kind: "ManifestProperties", inputs }];
    await engine.up(program);
    await somebody.deleteManifest(digest);
    const preview = await engine.preview(program, { refresh: true });
    assert.equal(preview.operations["app"], "create");
    await assert.rejects(
      engine.up(program, { refresh: true }),
      says(/@sha256:\w+ does not exist, so its attributes cannot be set.*\[NOT_FOUND\]/),
    );
    assert.deepEqual(engine.state, []);
    await somebody.publish("theirs");
    await engine.up(program);
    assert.equal((await engine.refresh()).operations["app"], "same");
  });
});
