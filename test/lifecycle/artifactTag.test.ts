import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import { type Emulator } from "pulumi-acr/emulator";
import { UNKNOWN } from "../../provider/arguments/unknown.js";
import { type Bag, CheckError, type Declaration, type MiniEngine } from "../support/miniEngine.js";
import { requestsTo, writesTo } from "../support/requests.js";
import { eachWithScene } from "../support/scene.js";
import { ABSENT_DIGEST, type Somebody } from "../support/somebody.js";

const REPOSITORY = "team/app";
const OPEN = { deleteEnabled: true, writeEnabled: true };

/** An artifact whose content is one text. */
function artifact(text: string, inputs: Bag = {}): Declaration {
  return {
    name: "app",
    kind: "OciArtifact",
    inputs: {
      repository: REPOSITORY,
      artifactType: "application/vnd.example",
      layers: [{ content: text }],
      ...inputs,
    },
  };
}

/** The tag `stable` on a digest, or on the artifact that is declared before it. */
function tag(digest?: string, inputs: Bag = {}, name = "stable"): Declaration {
  return {
    name,
    kind: "ArtifactTag",
    inputs: (outputsOf) => ({
      repository: REPOSITORY,
      tag: "stable",
      digest: digest ?? outputsOf("app")["digest"],
      ...inputs,
    }),
  };
}

describe("ArtifactTag", () => {
  let emulator: Emulator;
  let somebody: Somebody;
  let engine: MiniEngine;
  let one: string;
  let two: string;
  let three: string;

  eachWithScene(REPOSITORY, (scene) => ({ emulator, somebody, engine } = scene));
  beforeEach(async () => {
    one = await somebody.publish("one", "v1");
    two = await somebody.publish("two");
    three = await somebody.publish("three");
    emulator.journal.clear();
  });

  const stable = (): Promise<string | undefined> => somebody.digestOf("stable");
  const said = (): string => engine.messages.map(({ text }) => text).join("\n");
  const untouched = async (program: Declaration[], message: RegExp): Promise<void> => {
    emulator.journal.clear();
    await assert.rejects(engine.up(program), { message });
    assert.deepEqual(writesTo(emulator), []);
  };

  describe("creation", () => {
    it("puts the tag on an existing manifest by sending that manifest's bytes", async () => {
      const program = [tag(one)];
      await engine.preview(program);
      assert.deepEqual(requestsTo(emulator), []);
      await engine.up(program);
      assert.deepEqual(requestsTo(emulator), [
        ...["HEAD tag stable", "GET manifest", "PUT tag stable", "GET manifest properties"],
      ]);
      assert.equal(await stable(), one);
      const { id, outputs } = engine.resource("stable");
      assert.equal(id, `${emulator.loginServer}/${REPOSITORY}:stable`);
      assert.deepEqual([outputs["reference"], outputs["digest"]], [id, one]);
      emulator.journal.clear();
      assert.deepEqual((await engine.up(program)).operations, { stable: "same" });
      assert.deepEqual(requestsTo(emulator), []);
      await engine.refresh();
      assert.deepEqual(requestsTo(emulator), ["GET tag properties stable"]);
    });

    it("puts the tag on an index", async () => {
      const index = await somebody.publishIndex(one);
      await engine.up([tag(index)]);
      assert.equal(await stable(), index);
    });

    it("puts the tag on an artifact of the same stack and shows its digest at preview", async () => {
      const program = [artifact("ours"), tag()];
      const { outputs } = await engine.preview(program);
      await engine.up(program);
      assert.equal(await stable(), outputs["stable"]?.["digest"]);
      assert.equal(await stable(), engine.resource("app").outputs["digest"]);
    });

    it("writes nothing if the tag already names the digest", async () => {
      await somebody.tag("stable", one);
      emulator.journal.clear();
      await engine.up([tag(one)]);
      assert.deepEqual(requestsTo(emulator), ["HEAD tag stable"]);
    });

    it("refuses a manifest that does not exist", async () => {
      await untouched(
        [tag(ABSENT_DIGEST)],
        /team\/app@sha256:\w+ does not exist, so the tag stable cannot .*dependsOn\. .*`pulumi up --refresh`.*\[NOT_FOUND\]$/,
      );
      assert.deepEqual(engine.state, []);
    });

    it("shows its reference at preview while its digest is unknown", async () => {
      const { outputs } = await engine.preview([tag(UNKNOWN)]);
      const { digest, reference } = outputs["stable"] ?? {};
      assert.equal(digest, UNKNOWN);
      assert.equal(reference, `${emulator.loginServer}/${REPOSITORY}:stable`);
    });
  });

  describe("on a tag that names other content", () => {
    it("fail: names both digests and the setting, and changes nothing", async () => {
      await somebody.tag("stable", two);
      await untouched(
        [tag(one)],
        new RegExp(
          `stable exists and names ${two}, not ${one} .*set onConflict to .*\\[CONFLICT\\]$`,
        ),
      );
    });

    for (const onConflict of ["adopt", "move"]) {
      it(`${onConflict}: takes the tag over; only move does so again after a later change`, async () => {
        await somebody.tag("stable", two);
        await engine.up([tag(one, { onConflict })]);
        assert.equal(await stable(), one);
        await somebody.tag("stable", two);
        const next = [tag(three, { onConflict })];
        if (onConflict === "adopt") await untouched(next, /was changed again.*\[CONFLICT\]$/);
        else await engine.up(next);
        assert.equal(await stable(), onConflict === "adopt" ? two : three);
      });
    }

    it("names the TagLock of the stack that locks the tag", async () => {
      const lock: Declaration = {
        name: "lock",
        kind: "TagLock",
        inputs: { repository: REPOSITORY, tag: "stable" },
      };
      await engine.up([tag(one), lock]);
      const first = /.*in a run of its own, such as `pulumi destroy --target`/.source;
      const named = `stable is locked .*by urn:pulumi:.*TagLock::lock: remove${first}`;
      await untouched([lock, tag(two)], new RegExp(named));
      await untouched([tag(two), lock], new RegExp(`such as a TagLock, ${first}`));
      await engine.up([tag(one)]);
      await engine.up([tag(two)]);
      assert.equal(await stable(), two);
    });
  });

  describe("changes", () => {
    it("moves the tag in place when its digest changes", async () => {
      await engine.up([tag(one)]);
      assert.deepEqual((await engine.up([tag(two)])).operations, { stable: "update" });
      assert.equal(await stable(), two);
      assert.ok(await somebody.has(one));
    });

    it("follows the artifact that it names, so that the old version can be removed", async () => {
      const program = (text: string): Declaration[] => [
        artifact(text, { onReplace: "delete" }),
        tag(),
      ];
      await engine.up(program("old"));
      const old = String(engine.resource("app").outputs["digest"]);
      await engine.up(program("new"));
      assert.equal(await stable(), engine.resource("app").outputs["digest"]);
      assert.equal(await somebody.has(old), false);
    });

    it("puts a new tag when its name changes, and removes the old one", async () => {
      await engine.up([tag(one)]);
      const run = await engine.up([tag(one, { tag: "next" })]);
      assert.deepEqual(run.operations, { stable: "replace" });
      assert.equal(await stable(), undefined);
      assert.equal(await somebody.digestOf("next"), one);
    });

    it("keeps the tag when it is replaced on request, even if its delete comes later", async () => {
      await engine.up([tag(one)]);
      await engine.up([tag(one)], { replace: ["stable"] });
      assert.equal(await stable(), one);
      const [state] = engine.state;
      assert.ok(state);
      engine.state = [state, { ...state, pendingDelete: true }];
      await engine.up([tag(one)]);
      assert.equal(await stable(), one);
      assert.equal(engine.state.length, 1);
    });

    it("makes no request when it is renamed with an alias", async () => {
      await engine.up([tag(one)]);
      emulator.journal.clear();
      await engine.up([{ ...tag(one, {}, "renamed"), aliases: ["stable"] }]);
      assert.deepEqual(requestsTo(emulator), []);
    });
  });

  describe("drift", () => {
    it("reports a tag that was moved; the next up moves it back", async () => {
      const program = [tag(one)];
      await engine.up(program);
      await somebody.tag("stable", two);
      await engine.refresh();
      const { drift } = engine.resource("stable").outputs;
      const [{ since, ...moved } = { since: "" }] = drift as { since: string }[];
      const subject = `${emulator.loginServer}/${REPOSITORY}:stable`;
      assert.deepEqual(moved, { kind: "tag-moved", subject, expected: one, actual: two });
      assert.match(since, /^\d{4}-/);
      assert.match(said(), /stable was moved since/);
      const preview = await engine.preview(program);
      assert.deepEqual(preview.changes, { stable: ["digest"] });
      await engine.up(program);
      assert.equal(await stable(), one);
      assert.deepEqual(engine.resource("stable").outputs["drift"], []);
    });

    it("is a conflict if the tag was moved again after the refresh", async () => {
      const program = [tag(one)];
      await engine.up(program);
      await somebody.tag("stable", two);
      await engine.refresh();
      await somebody.tag("stable", three);
      await untouched(program, /stable was changed again.*\[CONFLICT\]$/);
    });

    it("ends without a write when the program declares the new digest", async () => {
      await engine.up([tag(one)]);
      await somebody.tag("stable", two);
      await engine.refresh();
      emulator.journal.clear();
      await engine.up([tag(two)]);
      assert.deepEqual(writesTo(emulator), []);
      assert.deepEqual(engine.resource("stable").outputs["drift"], []);
      await engine.destroy();
      assert.equal(await stable(), undefined);
    });

    it("is not overwritten by an update if no refresh has shown it", async () => {
      await engine.up([tag(one)]);
      await somebody.tag("stable", two);
      await untouched([tag(three)], /was changed again|exists and names/);
    });

    it("reports a deleted tag; the next up puts it again", async () => {
      const program = [tag(one)];
      await engine.up(program);
      await somebody.untag("stable");
      await engine.refresh();
      assert.match(said(), /stable was deleted; declared: sha256:/);
      assert.deepEqual(engine.state, []);
      await engine.up(program);
      assert.equal(await stable(), one);
    });
  });

  describe("removal", () => {
    it("removes the tag and nothing else", async () => {
      await engine.up([tag(one)]);
      emulator.journal.clear();
      await engine.destroy();
      assert.deepEqual(requestsTo(emulator), [
        "GET tag properties stable",
        "DELETE tag properties stable",
      ]);
      assert.ok(await somebody.has(one));
      assert.equal(await somebody.digestOf("v1"), one);
    });

    it("keeps the manifest when its last tag is removed", async () => {
      await engine.up([tag(two)]);
      await engine.destroy();
      assert.ok(await somebody.has(two));
    });

    it("keeps a tag that somebody moved, with and without a refresh", async () => {
      for (const refresh of [false, true]) {
        await engine.up([tag(one, { onConflict: "adopt" })]);
        await somebody.tag("stable", two);
        if (refresh) await engine.refresh();
        await engine.destroy();
        assert.match(said(), new RegExp(`stable stays: somebody moved it: it names ${two} now`));
        assert.equal(await stable(), two);
      }
    });

    it("succeeds if the tag is already gone", async () => {
      await engine.up([tag(one)]);
      await somebody.untag("stable");
      await engine.destroy();
      assert.deepEqual(engine.state, []);
    });

    it("fails if somebody else locked the tag", async () => {
      await engine.up([tag(one)]);
      await somebody.setTagAttributes("stable", { deleteEnabled: false });
      await assert.rejects(engine.destroy(), {
        message: /stable is locked \(deleteEnabled=false, writeEnabled=true\) .*\[LOCKED\]$/,
      });
      assert.equal(engine.state.length, 1);
      await somebody.setTagAttributes("stable", OPEN);
      await engine.destroy();
      assert.equal(await stable(), undefined);
    });

    it("keeps a tag that another resource now declares", async () => {
      const other = tag(one, {}, "other");
      await engine.up([tag(one)]);
      await engine.up([other]);
      assert.equal(await stable(), one);
      await engine.destroy();
      assert.equal(await stable(), undefined);
    });
  });

  describe("beside an OciArtifact", () => {
    it("refuses one tag for two contents, whichever comes first", async () => {
      const rows: Declaration[][] = [
        [artifact("ours", { tags: ["stable"] }), tag(one)],
        [tag(one), artifact("ours", { tags: ["stable"] })],
        [tag(one), tag(two, {}, "other")],
      ];
      for (const program of rows) {
        await assert.rejects(engine.preview(program), (error: Error) => {
          assert.ok(error instanceof CheckError);
          assert.match(error.message, /team\/app:stable is declared by urn:pulumi:.*, for other/);
          return true;
        });
      }
    });

    it("takes over a locked tag from the artifact together with its next version", async () => {
      await engine.up([artifact("old", { tags: ["v2", "stable"], lock: true })]);
      await engine.up([artifact("new", { tags: ["v3"], lock: true }), tag()]);
      assert.equal(await stable(), engine.resource("app").outputs["digest"]);
    });

    it("does not remove its tag when the artifact declares it again", async () => {
      await engine.up([artifact("ours"), tag()]);
      await engine.up([artifact("ours", { tags: ["stable"] })]);
      assert.equal(await stable(), engine.resource("app").outputs["digest"]);
    });

    it("passes its tag to the artifact when it changes to another tag", async () => {
      await engine.up([tag(one)]);
      await engine.up([tag(one, { tag: "next" }), artifact("ours", { tags: ["stable"] })]);
      assert.equal(await stable(), engine.resource("app").outputs["digest"]);
      assert.equal(await somebody.digestOf("next"), one);
    });

    it("keeps the manifest that it names when the artifact is removed, and opens its lock", async () => {
      await engine.up([artifact("ours", { tags: ["v2"], lock: true })]);
      const ours = String(engine.resource("app").outputs["digest"]);
      await engine.up([artifact("ours", { tags: ["v2"], lock: true }), tag(ours)]);
      await engine.up([tag(ours)]);
      assert.match(said(), /stays: urn:pulumi:.*ArtifactTag::stable names it/);
      assert.equal(await stable(), ours);
      assert.equal(await somebody.digestOf("v2"), undefined);
      assert.equal((await somebody.attributesOfManifest(ours))?.writeEnabled, true);
    });

    it("is destroyed before the artifact", async () => {
      await engine.up([artifact("ours"), tag()]);
      const ours = String(engine.resource("app").outputs["digest"]);
      await engine.destroy();
      assert.equal(await somebody.has(ours), false);
    });
  });

  describe("after a failure half way", () => {
    it("leaves no resource if the tag was not put; the next up puts it", async () => {
      const fault = emulator.faults.add({
        method: "PUT",
        path: /manifests\/stable$/,
        times: Infinity,
        action: { type: "status", status: 403 },
      });
      await assert.rejects(engine.up([tag(one)]), { message: /\[DENIED\]$/ });
      assert.deepEqual(engine.state, []);
      fault.remove();
      await engine.up([tag(one)]);
      assert.equal(await stable(), one);
    });

    it("records a tag that was put; the next up looks at it again", async () => {
      emulator.faults.add({
        method: "GET",
        path: /_manifests\//,
        action: { type: "status", status: 400, code: "UNKNOWN", message: "no" },
      });
      await assert.rejects(engine.up([tag(one)]));
      assert.equal(engine.resource("stable").outputs["digest"], one);
      emulator.faults.clear();
      await somebody.tag("stable", two);
      await assert.rejects(engine.up([tag(one)]), { message: /exists and names .*\[CONFLICT\]$/ });
      await engine.up([tag(one)], { refresh: true });
      assert.equal(await stable(), one);
    });
  });
});
