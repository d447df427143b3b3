import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import type { Emulator } from "pulumi-acr/emulator";
import { systemClock } from "../../provider/http/clock.js";
import type { RetentionPlan } from "../../provider/artifact/retention/retentionPlan.js";
import { UNKNOWN } from "../../provider/arguments/unknown.js";
import { type Bag, CheckError, type Declaration, type MiniEngine } from "../support/miniEngine.js";
import { requestsTo, writesTo } from "../support/requests.js";
import { eachWithScene } from "../support/scene.js";
import type { Somebody } from "../support/somebody.js";

const REPOSITORY = "library/hello-world";
const DAY = 86_400_000;

function policy(inputs: Bag): Declaration {
  return { name: "images", kind: "RetentionPolicy", inputs: { repository: REPOSITORY, ...inputs } };
}

describe("RetentionPolicy", () => {
  let emulator: Emulator;
  let somebody: Somebody;
  let engine: MiniEngine;
  let digests: string[];

  eachWithScene(REPOSITORY, (scene) => ({ emulator, somebody, engine } = scene));
  beforeEach(async () => {
    digests = [];
    for (const tag of ["v1", "v2", "v3", "v4", "v5"]) {
      digests.push(await somebody.publish(`the text of ${tag}`, tag));
    }
    emulator.journal.clear();
  });

  const digestOf = (at: number): string => digests[at] ?? "";
  const said = (): string => engine.messages.map(({ text }) => text).join("\n");
  const left = async (): Promise<string[]> => {
    const tags: string[] = [];
    for await (const tag of somebody.repository.tags.list()) tags.push(tag);
    return tags;
  };
  const plan = (outputs: Bag | undefined, key = "plan"): RetentionPlan =>
    outputs?.[key] as RetentionPlan;
  const tagsOf = (of: RetentionPlan): string[] => of.victims.flatMap(({ tags }) => tags).sort();
  const later = (days: number): void => {
    engine.manners = { clock: { ...systemClock, now: () => Date.now() + days * DAY } };
  };

  describe("keepNewest, as in the README of Microsoft's library", () => {
    const program = [policy({ keepNewest: 3 })];

    it("shows its victims at preview without a write, and `up` deletes exactly those", async () => {
      const preview = await engine.preview(program);
      assert.deepEqual(preview.operations, { images: "create" });
      const shown = plan(preview.outputs["images"]);
      const [newer, older] = shown.victims;
      assert.deepEqual([newer?.digest, older?.digest], [digestOf(1), digestOf(0)]);
      const { lastUpdateTime, ...rest } = older ?? { lastUpdateTime: "" };
      assert.match(lastUpdateTime, /^\d{4}-.*:\d\d(?:\.\d{1,7})?Z$/);
      assert.deepEqual(rest, {
        ...{ kind: "manifest", digest: digestOf(0), tags: ["v1"], size: 14 },
        reason: "not among the 3 newest",
      });
      assert.deepEqual([shown.manifests, shown.tags, shown.bytesAtMost], [2, 0, 28]);
      assert.equal(said(), "to delete: 2 manifests, at most 28 B of layers");
      assert.deepEqual(writesTo(emulator), []);

      const up = await engine.up(program);
      assert.deepEqual(plan(up.outputs["images"]), shown);
      assert.deepEqual(plan(up.outputs["images"], "deleted").victims, shown.victims);
      assert.match(said(), /^to delete: 2 .*\ndeleted 2 manifests, at most 28 B of layers$/);
      assert.deepEqual(writesTo(emulator), ["DELETE manifest", "DELETE manifest"]);
      assert.deepEqual(await left(), ["v3", "v4", "v5"]);
      assert.equal(engine.resource("images").id, `${emulator.loginServer}/${REPOSITORY}`);
    });

    it("shows no changes at up and refresh if nothing has expired since", async () => {
      await engine.up(program);
      emulator.journal.clear();
      for (let run = 0; run < 2; run++) {
        assert.deepEqual((await engine.up(program)).operations, { images: "same" });
        assert.deepEqual(engine.messages, []);
      }
      assert.deepEqual(requestsTo(emulator), ["GET manifests", "GET manifests"]);
      assert.deepEqual((await engine.refresh()).operations, { images: "same" });
      assert.deepEqual((await engine.up(program)).operations, { images: "same" });
    });

    it("changes when there is a new victim, even one that was deleted before", async () => {
      await engine.up(program);
      await somebody.publish("the text of v6", "v6");
      const run = await engine.up(program);
      assert.deepEqual([run.operations, run.changes], [{ images: "update" }, { images: ["plan"] }]);
      assert.deepEqual(await left(), ["v4", "v5", "v6"]);
      await somebody.publish("the text of v3", "v3");
      await engine.up(program);
      await somebody.publish("the text of v4", "v4");
      await engine.up(program);
      assert.deepEqual(await left(), ["v3", "v4", "v6"]);
    });

    it("costs three requests for each victim in addition to those for the plan", async () => {
      await engine.up(program);
      assert.deepEqual(requestsTo(emulator), [
        // The plan: the listing, the victims for their subjects, their tags' locks, the three that stay
        // for theirs, the repository's own lock, and the oldest, to which the listing must have come.
        ...["GET manifests", "GET manifest", "GET manifest", "GET tags"],
        ...["GET manifest", "GET manifest", "GET manifest", `GET /acr/v1/${REPOSITORY}`],
        "GET manifests",
        ...["GET manifests", "GET manifests"],
        ...["GET manifest properties", "GET manifest properties"],
        ...["GET tags", "GET tags", "DELETE manifest", "DELETE manifest"],
      ]);
    });

    it("counts an index and its children as one, and no signatures", async () => {
      const child = await somebody.publish("a platform");
      await somebody.publishIndex(child, "multi");
      const signature = await somebody.publish("a signature", undefined, digestOf(4));
      const run = await engine.up(program);
      assert.deepEqual(tagsOf(plan(run.outputs["images"])), ["v1", "v2", "v3"]);
      assert.deepEqual(await left(), ["multi", "v4", "v5"]);
      assert.ok((await somebody.has(child)) && (await somebody.has(signature)));
    });

    it("deletes an index's children and signatures after it", async () => {
      const child = await somebody.publish("a platform");
      const index = await somebody.publishIndex(child, "multi");
      const signature = await somebody.publish("a signature", undefined, index);
      const hex = index.replace(":", "-");
      await somebody.publish("cosign's", `${hex}.sig`);
      for (const tag of ["v6", "v7", "v8"]) await somebody.publish(tag, tag);
      emulator.journal.clear();
      const run = await engine.up(program);
      const { victims } = plan(run.outputs["images"]);
      const family = victims.filter(({ digest }) => ![...digests].includes(digest));
      assert.deepEqual(family.map(({ digest, reason }) => [digest === index, reason]).sort(), [
        [false, "belongs to a manifest that goes"],
        [false, "belongs to a manifest that goes"],
        [false, "only indexes that go name it"],
        [true, "not among the 3 newest"],
      ]);
      const deletedOrder = emulator.journal.entries
        .filter(({ method }) => method === "DELETE")
        .map(({ path }) => path.split("/").at(-1));
      assert.ok(deletedOrder.indexOf(index) < deletedOrder.indexOf(child));
      assert.ok(deletedOrder.indexOf(index) < deletedOrder.indexOf(signature));
      assert.deepEqual(await left(), ["v6", "v7", "v8"]);
      assert.equal(await somebody.has(child), false);
    });
  });

  describe("the other rules", () => {
    it("keepNewerThan: go by the time of the last update", async () => {
      const program = [policy({ keepNewerThan: "30d" })];
      await engine.up(program);
      assert.deepEqual(await left(), ["v1", "v2", "v3", "v4", "v5"]);
      later(31);
      const run = await engine.up(program);
      assert.deepEqual(
        new Set(plan(run.outputs["images"]).victims.map(({ reason }) => reason)).size,
        1,
      );
      assert.equal(plan(run.outputs["images"]).victims[0]?.reason, "older than 30d");
      assert.deepEqual(await left(), []);
    });

    it("keepTags and expireTags: delete a manifest when none of its tags is left", async () => {
      await somebody.tag("pr-1", digestOf(0));
      const gone = await somebody.publish("for review", "pr-2");
      await somebody.publish("for longer", "pr-keep");
      await somebody.publish("without a tag");
      const run = await engine.up([policy({ expireTags: ["pr-*"], keepTags: ["pr-k??p"] })]);
      assert.deepEqual(tagsOf(plan(run.outputs["images"])), ["pr-1", "pr-2"]);
      assert.match(said(), /deleted 1 manifest and 1 tag, /);
      assert.deepEqual(await left(), ["pr-keep", "v1", "v2", "v3", "v4", "v5"]);
      assert.equal(await somebody.has(gone), false);
      assert.ok(await somebody.has(digestOf(0)));
    });

    it("untaggedOnly: keep tagged manifests and what belongs to them", async () => {
      const stray = await somebody.publish("stray");
      const child = await somebody.publish("child");
      await somebody.publishIndex(child, "multi");
      const sbom = await somebody.publish("sbom", undefined, digestOf(0));
      await engine.up([policy({ untaggedOnly: true })]);
      const has = [];
      for (const digest of [stray, child, sbom]) has.push(await somebody.has(digest));
      assert.deepEqual(has, [false, true, true]);
      assert.equal((await left()).length, 6);
    });

    it("keep locked manifests and tags unless includeLocked opens them", async () => {
      await somebody.setManifestAttributes(digestOf(0), { deleteEnabled: false });
      await somebody.setTagAttributes("v2", { writeEnabled: false });
      await engine.up([policy({ keepNewest: 1 })]);
      assert.deepEqual(await left(), ["v1", "v2", "v5"]);
      await engine.up([policy({ keepNewest: 1, includeLocked: true })]);
      assert.deepEqual(await left(), ["v5"]);
    });

    it("delete nothing from a locked repository and say so", async () => {
      await somebody.repository.attributes.updateRepository({ writeEnabled: false });
      await engine.up([policy({ keepNewest: 1, includeLocked: true })]);
      assert.match(said(), /nothing is deleted: the repository is locked/);
      assert.deepEqual(
        writesTo(emulator).filter((line) => line.startsWith("DELETE")),
        [],
      );
    });

    it("delete nothing while a hidden index could name anything, and say so", async () => {
      const index = await somebody.publishIndex(digestOf(0));
      await somebody.setManifestAttributes(index, { listEnabled: false });
      await engine.up([policy({ keepNewest: 3 })]);
      assert.match(
        said(),
        /nothing is deleted: the registry counts 1 manifest more than it lists: hidden .* set ignoreHidden/,
      );
      assert.equal((await left()).length, 5);
      await engine.up([policy({ keepNewest: 3, ignoreHidden: true })]);
      assert.match(said(), /counts 1 more than it lists, which is ignored \(ignoreHidden\)/);
      assert.equal((await left()).length, 3);
    });

    it("delete nothing while an index cannot be read, and say so", async () => {
      const index = await somebody.publishIndex(digestOf(0), "multi");
      await somebody.setManifestAttributes(index, { readEnabled: false });
      await engine.up([policy({ keepNewest: 3 })]);
      assert.match(said(), new RegExp(`nothing is deleted: the index ${index} cannot be read`));
      assert.equal((await left()).length, 6);
    });

    for (const [what, request, lockedTags] of [
      ["could not delete", { method: "DELETE", path: /\/v2\// }, []],
      ["opened before it failed to open the rest", { method: "PATCH", path: /_tags/ }, ["v1"]],
    ] as const) {
      it(`includeLocked: lock again what it ${what}`, async () => {
        const locked = { deleteEnabled: false, writeEnabled: false };
        for (const tag of lockedTags) await somebody.setTagAttributes(tag, locked);
        await somebody.setManifestAttributes(digestOf(0), locked);
        const action = { type: "status", status: 400, code: "NO", message: "not today" } as const;
        emulator.faults.add({ ...request, action });
        const up = engine.up([policy({ keepNewest: 4, includeLocked: true })]);
        await assert.rejects(up, { message: /not today/ });
        const { deleteEnabled, writeEnabled } =
          (await somebody.attributesOfManifest(digestOf(0))) ?? {};
        assert.deepEqual({ deleteEnabled, writeEnabled }, locked);
        assert.deepEqual(await left(), ["v1", "v2", "v3", "v4", "v5"]);
      });
    }

    it("maxDeletions: refuse a larger plan at preview and name its victims", async () => {
      const refused = engine.preview([policy({ keepNewest: 3, maxDeletions: 1 })]);
      await assert.rejects(refused, (error) => {
        assert.ok(error instanceof CheckError);
        assert.match(
          error.message,
          /2 manifests, at most 28 B of layers would be deleted, which is more than maxDeletions, 1: sha256:\w{12}… \(v2\): not among the 3 newest; .*set maxDeletions to 2 or more/,
        );
        return true;
      });
      await engine.up([policy({ keepNewest: 3, maxDeletions: 2 })]);
      assert.equal((await left()).length, 3);
    });
  });

  describe("between plan and deletion", () => {
    let program: Declaration[];
    beforeEach(() => (program = [policy({ keepNewest: 3 })]));
    /** Makes the change after the plan is made and before anything is deleted. */
    const upWhile = async (change: () => Promise<unknown>): Promise<void> => {
      engine.onMessage = async ({ text }) => {
        if (text.startsWith("to delete: ")) await change();
      };
      await engine.up(program);
      engine.onMessage = undefined;
    };

    it("keeps a victim that somebody tags and says so", async () => {
      await upWhile(() => somebody.tag("needed", digestOf(0)));
      assert.match(said(), new RegExp(`${digestOf(0)} stays: it was tagged needed meanwhile`));
      assert.match(said(), /deleted 1 manifest, /);
      assert.deepEqual(await left(), ["needed", "v1", "v3", "v4", "v5"]);
      const { leftAlone } = engine.resource("images").outputs;
      assert.deepEqual(leftAlone, [
        { digest: digestOf(0), tags: ["v1"], reason: "it was tagged needed meanwhile" },
      ]);
    });

    it("keeps a victim that somebody locks and plans without it at the next up", async () => {
      await upWhile(() => somebody.setTagAttributes("v1", { deleteEnabled: false }));
      assert.match(said(), /stays: v1 was locked meanwhile/);
      assert.deepEqual((await engine.up(program)).operations, { images: "same" });
      assert.deepEqual(await left(), ["v1", "v3", "v4", "v5"]);
    });

    it("deletes a kept victim once it is unlocked, even if the plan is the same again", async () => {
      const four = [policy({ keepNewest: 4 })];
      engine.onMessage = async ({ text }) => {
        if (/^to delete/.test(text))
          await somebody.setTagAttributes("v1", { deleteEnabled: false });
      };
      await engine.up(four);
      engine.onMessage = undefined;
      assert.match(said(), /stays: v1 was locked meanwhile/);
      await somebody.setTagAttributes("v1", { deleteEnabled: true });
      assert.deepEqual((await engine.preview(four)).operations, { images: "update" });
      assert.deepEqual((await engine.up(four)).operations, { images: "update" });
      assert.deepEqual(await left(), ["v2", "v3", "v4", "v5"]);
      assert.deepEqual((await engine.up(four)).operations, { images: "same" });
    });

    it("keeps a victim with its family if somebody signs it or names it in a new index", async () => {
      await upWhile(async () => {
        await somebody.publishIndex(digestOf(0));
        await somebody.publish("a signature", undefined, digestOf(1));
      });
      assert.match(
        said(),
        new RegExp(`${digestOf(0)} stays: sha256:\\w+, pushed meanwhile, names it`),
      );
      assert.match(said(), new RegExp(`${digestOf(1)} stays: `));
      assert.equal((await left()).length, 5);
    });

    it("accepts that somebody deletes a victim", async () => {
      await upWhile(() => somebody.deleteManifest(digestOf(0)));
      assert.doesNotMatch(said(), /stays/);
      assert.deepEqual(await left(), ["v3", "v4", "v5"]);
    });

    it("keeps an expired tag that somebody moves", async () => {
      await somebody.tag("pr-1", digestOf(0));
      program = [policy({ expireTags: ["pr-*"] })];
      await upWhile(() => somebody.tag("pr-1", digestOf(1)));
      assert.match(said(), new RegExp(`stays: pr-1 was moved meanwhile, to ${digestOf(1)}`));
      assert.ok((await left()).includes("pr-1"));
    });
  });

  describe("what the program declares", () => {
    it("stays even if it is old", async () => {
      const declared: Declaration = {
        name: "app",
        kind: "ArtifactTag",
        inputs: { repository: REPOSITORY, tag: "v1", digest: digestOf(0) },
      };
      await engine.up([declared, policy({ keepNewest: 3, includeLocked: true })]);
      assert.deepEqual(await left(), ["v1", "v3", "v4", "v5"]);
      const lock: Declaration = {
        name: "lock",
        kind: "TagLock",
        inputs: { repository: REPOSITORY, tag: "v3", lockManifest: false },
      };
      await engine.up([declared, lock, policy({ keepNewest: 1, includeLocked: true })]);
      assert.deepEqual(await left(), ["v1", "v3", "v5"]);
    });
  });

  it("counts what the program itself publishes among the newest", async () => {
    const published: Declaration = {
      name: "app",
      kind: "OciArtifact",
      inputs: {
        repository: REPOSITORY,
        artifactType: "application/vnd.example",
        layers: [{ content: "the text of v6" }],
        tags: ["v6"],
      },
    };
    await engine.up([published, policy({ keepNewest: 3 })]);
    assert.deepEqual(await left(), ["v4", "v5", "v6"]);
  });

  describe("without anything to delete", () => {
    it("has an empty plan for a repository that does not exist", async () => {
      const run = await engine.up([policy({ keepNewest: 3, repository: "nowhere" })]);
      assert.deepEqual(plan(run.outputs["images"]).victims, []);
      await engine.destroy();
    });

    it("has an unknown plan and makes no request if the login server is unknown", async () => {
      const registry = { loginServer: UNKNOWN };
      const { outputs } = await engine.preview([policy({ keepNewest: 3, registry })]);
      assert.equal(outputs["images"]?.["plan"], UNKNOWN);
      assert.deepEqual(requestsTo(emulator), []);
    });

    it("fails the preview if the registry is unreachable", async () => {
      await emulator.close();
      engine.manners = { retry: { maxRetries: 0 } };
      await assert.rejects(engine.preview([policy({ keepNewest: 3 })]), {
        message: /\[UNAVAILABLE\]$/,
      });
    });

    it("deletes nothing at destroy", async () => {
      await engine.up([policy({ keepNewest: 5 })]);
      emulator.journal.clear();
      await engine.destroy();
      assert.deepEqual(requestsTo(emulator), []);
    });

    it("is replaced with a new plan when the repository changes", async () => {
      await engine.up([policy({ keepNewest: 3 })]);
      const run = await engine.up([policy({ keepNewest: 3, repository: "nowhere" })]);
      assert.deepEqual(run.operations, { images: "replace" });
      assert.deepEqual(plan(run.outputs["images"]).victims, []);
      assert.equal((await left()).length, 3);
    });
  });

  describe("a failure half way", () => {
    const fail = (nth: number): void => {
      emulator.faults.add({
        ...{ method: "DELETE", path: /\/v2\//, nth, times: 100 },
        action: { type: "status", status: 400, code: "NO", message: "not today" },
      });
    };

    it("reports how far it came, and the next up continues", async () => {
      fail(3);
      const program = [policy({ keepNewest: 1 })];
      await assert.rejects(engine.up(program), {
        message:
          /^deleted 2 manifests.* of 4 manifests.*continues from here\. It ended with: .*not today.* \[\w+\]$/,
      });
      assert.equal((await left()).length, 3);
      emulator.faults.clear();
      assert.deepEqual((await engine.up(program)).operations, { images: "update" });
      assert.deepEqual(await left(), ["v5"]);
      assert.deepEqual((await engine.up(program)).operations, { images: "same" });
    });

    for (const refresh of [false, true]) {
      it(`does not leave a child behind that no rule finds any more${refresh ? ", even after a refresh" : ""}`, async () => {
        const child = await somebody.publish("a platform");
        await somebody.publishIndex(child, "pr-7");
        await engine.up([policy({ expireTags: ["none"] })]);
        fail(2);
        const program = [policy({ expireTags: ["pr-*"] })];
        await assert.rejects(engine.up(program), /deleted 1 manifest/);
        assert.ok(await somebody.has(child));
        emulator.faults.clear();
        if (refresh) await engine.refresh();
        await engine.preview(program);
        assert.match(said(), new RegExp(`ended before it had deleted ${child}`));
        await engine.up(program);
        assert.equal(await somebody.has(child), false);
        assert.deepEqual((await engine.up(program)).operations, { images: "same" });
        assert.equal((await left()).length, 5);
      });
    }

    it("is reported when the policy is removed or replaced", async () => {
      const child = await somebody.publish("a platform");
      await somebody.publishIndex(child, "pr-7");
      await engine.up([policy({ expireTags: ["none"] })]);
      fail(2);
      await assert.rejects(engine.up([policy({ expireTags: ["pr-*"] })]), /deleted 1 manifest/);
      emulator.faults.clear();
      const { state } = engine;
      const stays = new RegExp(`${REPOSITORY}: .* before it had deleted ${child}: they stay`);
      await engine.destroy();
      assert.match(said(), stays);
      engine.state = state;
      await engine.up([policy({ expireTags: ["pr-*"], repository: "nowhere" })]);
      assert.match(said(), stays);
    });

    it("does not leave a child behind if the answer to its index's deletion is lost", async () => {
      const child = await somebody.publish("a platform");
      const index = await somebody.publishIndex(child, "pr-7");
      const program = [policy({ expireTags: ["pr-*"] })];
      engine.manners = { retry: { maxRetries: 0 } };
      emulator.faults.add({ method: "DELETE", path: /\/v2\//, action: { type: "dropAnswer" } });
      await assert.rejects(engine.up(program), /^Error: deleted nothing, of 2 manifests/);
      assert.deepEqual([await somebody.has(index), await somebody.has(child)], [false, true]);
      await engine.up(program);
      assert.equal(await somebody.has(child), false);
      assert.deepEqual((await engine.up(program)).operations, { images: "same" });
    });

    it("remembers what is left while every deletion is forbidden", async () => {
      const child = await somebody.publish("a platform");
      await somebody.publishIndex(child, "pr-7");
      fail(2);
      const program = [policy({ expireTags: ["pr-*"] })];
      await assert.rejects(engine.up(program), /deleted 1 manifest/);
      emulator.faults.clear();
      await somebody.setManifestAttributes(digestOf(0), { listEnabled: false });
      await engine.up(program);
      assert.match(said(), /nothing is deleted: the registry counts 1 manifest more/);
      assert.ok(await somebody.has(child));
      await somebody.setManifestAttributes(digestOf(0), { listEnabled: true });
      await engine.up(program);
      assert.equal(await somebody.has(child), false);
      assert.deepEqual((await engine.up(program)).operations, { images: "same" });
    });

    it("keeps what is needed again by then", async () => {
      const child = await somebody.publish("a platform");
      await somebody.publishIndex(child, "pr-7");
      fail(2);
      const program = [policy({ expireTags: ["pr-*"] })];
      await assert.rejects(engine.up(program), /deleted 1 manifest/);
      emulator.faults.clear();
      await somebody.publishIndex(child, "release");
      await engine.up(program);
      assert.ok(await somebody.has(child));
      assert.deepEqual((await engine.up(program)).operations, { images: "same" });
    });
  });
});
