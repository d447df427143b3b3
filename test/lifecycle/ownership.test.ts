import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { type Emulator } from "pulumi-acr/emulator";
import { OPEN } from "../support/attributes.js";
import { type Bag, type Declaration, MiniEngine } from "../support/miniEngine.js";
import { environmentFor } from "../support/engine.js";
import { eachWithScene } from "../support/scene.js";
import { type Somebody } from "../support/somebody.js";

const REPOSITORY = "team/app";

/** An artifact whose content is one text. */
function artifact(text: string, inputs: Bag = {}, name = "app"): Declaration {
  return {
    name,
    kind: "OciArtifact",
    inputs: {
      repository: REPOSITORY,
      artifactType: "application/vnd.example",
      layers: [{ content: text, title: "text" }],
      ...inputs,
    },
  };
}

describe("ownership", () => {
  let emulator: Emulator;
  let somebody: Somebody;
  let engine: MiniEngine;

  eachWithScene(REPOSITORY, (scene) => ({ emulator, somebody, engine } = scene));

  const digest = (name = "app"): string => String(engine.resource(name).outputs["digest"]);
  const writes = (): string[] =>
    emulator.journal.entries
      .filter(
        ({ method, path }) => !["GET", "HEAD"].includes(method) && !path.startsWith("/oauth2/"),
      )
      .map(({ method, path }) => `${method} ${path}`);
  const says = (pattern: RegExp) => (error: Error) => {
    assert.match(error.message, pattern);
    return true;
  };
  const conflict = (pattern: RegExp) => (error: Error) => {
    assert.match(error.message, /\[CONFLICT\]$/);
    assert.match(error.message, pattern);
    return true;
  };
  const locked = {
    deleteEnabled: false,
    writeEnabled: false,
    readEnabled: true,
    listEnabled: true,
  };
  const open = { deleteEnabled: true, writeEnabled: true, readEnabled: true, listEnabled: true };

  describe("onTagConflict", () => {
    it("fail: names both digests and changes nothing", async () => {
      const theirs = await somebody.publish("theirs", "1.0");
      emulator.journal.clear();
      await assert.rejects(
        engine.up([artifact("ours", { tags: ["1.0"] })]),
        conflict(new RegExp(`1\\.0 exists and names ${theirs}, not sha256:.*onTagConflict`)),
      );
      assert.deepEqual(writes(), []);
      assert.deepEqual(engine.state, []);
    });

    for (const onTagConflict of ["adopt", "move"]) {
      it(`${onTagConflict}: takes over a tag that existed before`, async () => {
        const theirs = await somebody.publish("theirs", "1.0");
        await engine.up([artifact("ours", { tags: ["1.0"], onTagConflict })]);
        assert.equal(await somebody.digestOf("1.0"), digest());
        assert.ok(await somebody.has(theirs), "their manifest is not ours to remove");
      });
    }

    it("adopts identical content whatever the policy", async () => {
      await engine.up([artifact("ours", { tags: ["1.0"] })]);
      const again = new MiniEngine({ environment: environmentFor(emulator) });
      emulator.journal.clear();
      await again.up([artifact("ours", { tags: ["1.0"] })]);
      assert.deepEqual(writes(), []);
    });

    it("adopt: refuses a tag that was moved again after the refresh", async () => {
      const program = (tags: string[]): Declaration[] => [
        artifact("ours", { tags, onTagConflict: "adopt" }),
      ];
      await engine.up(program(["1.0"]));
      await engine.up(program([]));
      const theirs = await somebody.publish("theirs", "1.0");
      await engine.up(program(["1.0"]));
      assert.equal(await somebody.digestOf("1.0"), digest(), "newly declared: adopted");
      await somebody.tag("1.0", theirs);
      await engine.refresh();
      const third = await somebody.publish("a third", "1.0");
      await assert.rejects(engine.up(program(["1.0"])), conflict(/was changed again/));
      assert.equal(await somebody.digestOf("1.0"), third);
    });

    it("move: puts the tag back whatever it names", async () => {
      const program = [artifact("ours", { tags: ["1.0"], onTagConflict: "move" })];
      await engine.up(program);
      await somebody.publish("theirs", "1.0");
      await engine.refresh();
      await somebody.publish("a third", "1.0");
      await engine.up(program);
      assert.equal(await somebody.digestOf("1.0"), digest());
    });
  });

  describe("replacement", () => {
    it("moves its own tag and leaves the old version published", async () => {
      await engine.up([artifact("one", { tags: ["1.0", "latest"] })]);
      const one = digest();
      const run = await engine.up([artifact("two", { tags: ["2.0", "latest"] })]);
      assert.equal(run.operations["app"], "replace");
      assert.equal(await somebody.digestOf("latest"), digest());
      assert.equal(await somebody.digestOf("1.0"), one);
      assert.match(run.messages.map(({ text }) => text).join("\n"), /stays published/);
    });

    it("moves its own locked tag and locks it again", async () => {
      await engine.up([artifact("one", { tags: ["latest"], lock: true })]);
      const one = digest();
      await engine.up([artifact("two", { tags: ["latest"], lock: true })]);
      assert.equal(await somebody.digestOf("latest"), digest());
      assert.deepEqual(await somebody.attributesOfTag("latest"), locked);
      assert.deepEqual(await somebody.attributesOfManifest(digest()), locked);
      assert.deepEqual(await somebody.attributesOfManifest(one), locked, "retained as it was");
    });

    it("is refused before any write if somebody else locked the tag", async () => {
      await engine.up([artifact("one", { tags: ["latest"] })]);
      await somebody.setTagAttributes("latest", { writeEnabled: false });
      emulator.journal.clear();
      await assert.rejects(
        engine.up([artifact("two", { tags: ["latest"] })]),
        says(/latest is locked.*\[LOCKED\]/),
      );
      assert.deepEqual(writes(), []);
    });

    it("is refused with the name of a TagLock that locks the tag", async () => {
      const lock: Declaration = {
        name: "lock",
        kind: "TagLock",
        inputs: { repository: REPOSITORY, tag: "latest" },
      };
      await engine.up([artifact("one", { tags: ["latest"] }), lock]);
      await assert.rejects(
        engine.up([lock, artifact("two", { tags: ["latest"] })]),
        says(/locked.*by urn:pulumi:.*TagLock::lock: remove or change that resource first/),
      );
    });

    it("onReplace delete: removes what the declaration no longer names", async () => {
      await engine.up([artifact("one", { tags: ["1.0", "latest"], lock: true })]);
      const one = digest();
      await engine.up([
        artifact("two", { tags: ["2.0", "latest"], lock: true, onReplace: "delete" }),
      ]);
      assert.equal(await somebody.digestOf("1.0"), undefined);
      assert.equal(await somebody.has(one), false);
      assert.equal(await somebody.digestOf("latest"), digest());
    });

    it("onReplace delete: keeps an old version that somebody tagged and says so", async () => {
      await engine.up([artifact("one", { tags: ["1.0"] })]);
      const one = digest();
      await somebody.tag("theirs", one);
      const run = await engine.up([artifact("two", { tags: ["2.0"], onReplace: "delete" })]);
      assert.equal(await somebody.digestOf("theirs"), one);
      assert.equal(await somebody.digestOf("1.0"), undefined);
      assert.match(
        run.messages.map(({ text }) => text).join("\n"),
        /stays: other tags name it: theirs/,
      );
    });

    it("sends no blob for a version bump without new content", async () => {
      await engine.up([artifact("one", { tags: ["1.0", "latest"] })]);
      emulator.journal.clear();
      const run = await engine.up([artifact("one", { tags: ["1.1", "latest"] })]);
      assert.equal(run.operations["app"], "update");
      assert.deepEqual(writes(), [`PUT /v2/${REPOSITORY}/manifests/1.1`]);
      assert.equal(await somebody.digestOf("1.0"), digest(), "retained");
    });

    it("onReplace delete: removes only the dropped tag if the content stays the same", async () => {
      await engine.up([artifact("one", { tags: ["1.0", "latest"], lock: true })]);
      await engine.up([
        artifact("one", { tags: ["1.1", "latest"], lock: true, onReplace: "delete" }),
      ]);
      assert.equal(await somebody.digestOf("1.0"), undefined);
      assert.equal(await somebody.digestOf("1.1"), digest());
      assert.deepEqual(await somebody.attributesOfManifest(digest()), locked);
    });

    it("publishes in another repository and keeps the old version", async () => {
      await engine.up([artifact("one", { tags: ["1.0"] })]);
      const run = await engine.up([artifact("one", { tags: ["1.0"], repository: "team/other" })]);
      assert.equal(run.operations["app"], "replace");
      assert.equal(await somebody.digestOf("1.0"), digest());
    });

    it("deleteBeforeReplace: keeps what the new declaration names", async () => {
      const first = artifact("one", { tags: ["latest"], onReplace: "delete" });
      const second = artifact("two", { tags: ["latest"], onReplace: "delete" });
      await engine.up([{ ...first, deleteBeforeReplace: true }]);
      const one = digest();
      await engine.up([{ ...second, deleteBeforeReplace: true }]);
      assert.equal(await somebody.digestOf("latest"), digest());
      assert.equal(await somebody.has(one), false);
    });
  });

  describe("--replace", () => {
    const program = [artifact("one", { tags: ["1.0"], lock: true, onReplace: "delete" })];

    it("changes nothing if the content is the same", async () => {
      await engine.up(program);
      await engine.up(program, { replace: ["app"] });
      assert.equal(await somebody.digestOf("1.0"), digest());
      assert.deepEqual(await somebody.attributesOfTag("1.0"), locked);
      await engine.destroy();
      assert.deepEqual(engine.state, []);
    });

    for (const deleteBeforeReplace of [false, true]) {
      const order = deleteBeforeReplace ? "deleted first" : "deleted last";
      it(`treats dropped tags as an update does (${order})`, async () => {
        const app = (tags: readonly string[], onReplace: string): Declaration => ({
          ...artifact("one", { tags, lock: true, onReplace }),
          deleteBeforeReplace,
        });
        await engine.up([app(["1.0", "latest"], "retain")]);
        await engine.up([app(["1.0"], "retain")], { replace: ["app"] });
        assert.equal(await somebody.digestOf("latest"), digest());
        assert.match(
          engine.messages.map(({ text }) => text).join("\n"),
          /left published, no longer managed: \S+:latest$/m,
        );
        await engine.up([app(["1.0", "beta"], "retain")]);
        await engine.up([app(["1.0"], "delete")], { replace: ["app"] });
        assert.equal(await somebody.digestOf("beta"), undefined);
        assert.equal(await somebody.digestOf("1.0"), digest());
      });
    }

    for (const deleteBeforeReplace of [false, true]) {
      const order = deleteBeforeReplace ? "deleted first" : "deleted last";
      it(`opens the dropped part of a lock as an update does (${order})`, async () => {
        const app = (tags: readonly string[], inputs: Bag): Declaration => ({
          ...artifact("one", { tags, ...inputs }),
          deleteBeforeReplace,
        });
        const partly = { ...OPEN, deleteEnabled: false };
        await engine.up([app(["1.0", "old", "moved"], { lock: true })]);
        const next = app(["1.0", "moved"], { lock: { deleteEnabled: false } });
        await engine.up([next], { replace: ["app"] });
        assert.deepEqual(await somebody.attributesOfTag("1.0"), partly);
        assert.deepEqual(await somebody.attributesOfTag("old"), partly);
        assert.deepEqual(await somebody.attributesOfManifest(digest()), partly);
        await somebody.publish("theirs", "moved");
        await engine.up([app(["1.0"], {})], { replace: ["app"] });
        assert.deepEqual(await somebody.attributesOfTag("1.0"), OPEN);
        assert.deepEqual(await somebody.attributesOfManifest(digest()), OPEN);
        assert.deepEqual(await somebody.attributesOfTag("moved"), partly, "no longer ours");
      });
    }

    it("refuses other content under its own tag and suggests a plain up, which works", async () => {
      await engine.up(program);
      const next = [artifact("two", { tags: ["1.0"], lock: true })];
      await assert.rejects(engine.up(next, { replace: ["app"] }), conflict(/plain `pulumi up`/));
      await engine.up(next);
      assert.equal(await somebody.digestOf("1.0"), digest());
    });

    it("does not delete what is declared after a run that was killed before its delete", async () => {
      await engine.up(program);
      const [state] = engine.state;
      assert.ok(state);
      engine.state = [state, { ...state, pendingDelete: true }];
      await engine.up(program);
      assert.equal(await somebody.digestOf("1.0"), digest());
      assert.equal(engine.state.length, 1);
    });
  });

  describe("two resources with one digest", () => {
    const a = artifact("same", { tags: ["a"], lock: true }, "a");
    const b = artifact("same", { tags: ["b"] }, "b");

    it("keep the manifest and the other's tag when one is removed", async () => {
      await engine.up([a, b]);
      await engine.up([b]);
      assert.equal(await somebody.digestOf("a"), undefined);
      assert.equal(await somebody.digestOf("b"), digest("b"));
    });

    it("cause a warning if one has no tag, because a targeted run cannot see it", async () => {
      const untagged = artifact("same", {}, "untagged");
      for (const program of [
        [b, untagged],
        [untagged, b],
      ]) {
        const { messages } = await engine.preview(program);
        const said = messages.map(({ severity, text }) => `${severity}: ${text}`);
        assert.equal(said.length, 1);
        assert.match(
          said[0] ?? "",
          /^warning: .*OciArtifact::untagged puts no tag on it: with --target/,
        );
      }
      assert.deepEqual((await engine.preview([a, b])).messages, []);
    });

    it("leave nothing when both are removed", async () => {
      await engine.up([a, b]);
      const both = digest("a");
      await engine.destroy();
      assert.equal(await somebody.has(both), false);
    });

    it("do not affect each other when one changes its content", async () => {
      await engine.up([a, b]);
      const same = digest("b");
      await engine.up([
        artifact("other", { tags: ["a"], lock: true, onReplace: "delete" }, "a"),
        b,
      ]);
      assert.equal(await somebody.digestOf("b"), same);
      assert.equal(await somebody.digestOf("a"), digest("a"));
    });
  });

  describe("two stacks with one digest", () => {
    it("keep the manifest and the other's tag when one is destroyed", async () => {
      const other = new MiniEngine({ environment: environmentFor(emulator) });
      await engine.up([artifact("same", { tags: ["a"], lock: true })]);
      await other.up([artifact("same", { tags: ["b"], lock: true })]);
      const same = digest();
      await engine.destroy();
      assert.equal(await somebody.digestOf("a"), undefined);
      assert.equal(await somebody.digestOf("b"), same);
      assert.deepEqual(await somebody.attributesOfTag("b"), locked);
      const { messages } = await other.refresh();
      assert.match(messages.map(({ text }) => text).join(), /has deleteEnabled=true/);
      await other.up([artifact("same", { tags: ["b"], lock: true })]);
      assert.deepEqual(await somebody.attributesOfManifest(same), locked);
      await other.destroy();
      assert.equal(await somebody.has(same), false);
    });
  });

  describe("rename with an alias", () => {
    it("changes nothing, and a later change of content still replaces", async () => {
      await engine.up([artifact("one", { tags: ["1.0", "latest"] })]);
      const one = digest();
      emulator.journal.clear();
      const renamed = { ...artifact("one", { tags: ["1.0", "latest"] }, "web"), aliases: ["app"] };
      assert.equal((await engine.up([renamed])).operations["web"], "same");
      assert.deepEqual(emulator.journal.entries, []);
      const changed = { ...artifact("two", { tags: ["2.0", "latest"] }, "web"), aliases: ["app"] };
      await engine.up([changed]);
      assert.equal(await somebody.digestOf("1.0"), one, "retained, as onReplace says");
      assert.equal(await somebody.digestOf("latest"), digest("web"));
    });

    it("reports on the old version in the row of the new name", async () => {
      await engine.up([artifact("one", { tags: ["1"] })]);
      const changed = { ...artifact("two", { tags: ["1"] }, "web"), aliases: ["app"] };
      const { messages } = await engine.up([changed]);
      const [stays] = messages.filter(({ text }) => text.includes("stays published"));
      assert.equal(stays?.resource, "web");
    });

    it("frees the old name for another resource, which can be removed again", async () => {
      await engine.up([artifact("one", { tags: ["1"] })]);
      const renamed = { ...artifact("one", { tags: ["1"] }, "web"), aliases: ["app"] };
      await engine.up([renamed, artifact("other", { tags: ["2"] })]);
      await engine.up([renamed]);
      assert.equal(await somebody.digestOf("2"), undefined);
      assert.equal(await somebody.digestOf("1"), digest("web"));
    });
  });

  describe("rename without an alias", () => {
    it("keeps content that stays the same", async () => {
      await engine.up([artifact("one", { tags: ["1"], lock: true })]);
      await engine.up([artifact("one", { tags: ["1"], lock: true }, "web")]);
      assert.equal(await somebody.digestOf("1"), digest("web"));
      await engine.destroy();
      assert.equal(await somebody.repository.attributes.repository(), undefined);
    });

    it("is a conflict if the content changes too; an alias or adopt resolves it", async () => {
      for (const remedy of [{ aliases: ["app"] }, {}]) {
        await engine.up([artifact("one", { tags: ["1"] })]);
        const old = digest();
        const next = artifact("two", { tags: ["1"] }, "web");
        await assert.rejects(
          engine.up([next]),
          conflict(/no longer declares.*was renamed, give it its old name as an alias/),
        );
        assert.equal(await somebody.digestOf("1"), old);
        const adopting = artifact("two", { tags: ["1"], onTagConflict: "adopt" }, "web");
        await engine.up(["aliases" in remedy ? { ...next, ...remedy } : adopting]);
        assert.equal(await somebody.digestOf("1"), digest("web"));
        assert.equal(await somebody.has(old), "aliases" in remedy, "retained, or removed");
        await engine.destroy();
        if (await somebody.has(old)) await somebody.deleteManifest(old);
      }
    });
  });

  describe("destroy", () => {
    const program = [artifact("one", { tags: ["1.0", "latest"], lock: true })];

    it("removes tags, manifest and repository", async () => {
      await engine.up(program);
      const one = digest();
      await engine.destroy();
      assert.equal(await somebody.has(one), false);
      assert.equal(await somebody.repository.attributes.repository(), undefined);
    });

    it("succeeds if everything is already gone", async () => {
      await engine.up([artifact("one", { tags: ["1.0"] })]);
      await somebody.deleteManifest(digest());
      await engine.destroy();
      assert.deepEqual(engine.state, []);
    });

    it("keeps a tag that somebody moved", async () => {
      await engine.up(program);
      const one = digest();
      await somebody.setTagAttributes("latest", open);
      const theirs = await somebody.publish("theirs", "latest");
      await engine.destroy();
      assert.equal(await somebody.digestOf("latest"), theirs);
      assert.equal(await somebody.has(one), false);
    });

    const users: [string, (digest: string) => Promise<unknown>, RegExp][] = [
      ["a foreign tag", (one) => somebody.tag("theirs", one), /other tags name it: theirs/],
      ["an index", (one) => somebody.publishIndex(one, "all"), /the index sha256:\w+ names it/],
      [
        "a referrer",
        (one) => somebody.publish("signature", undefined, one),
        /the referrer sha256:\w+ .* has it as its subject/,
      ],
    ];
    for (const [user, use, reason] of users) {
      it(`keeps the manifest that ${user} uses, opens our lock and says so`, async () => {
        await engine.up(program);
        const one = digest();
        await use(one);
        const run = await engine.destroy();
        assert.equal(await somebody.digestOf("1.0"), undefined);
        assert.deepEqual(await somebody.attributesOfManifest(one), open);
        assert.match(run.messages.map(({ text }) => text).join("\n"), reason);
      });
    }

    it("onDelete untag keeps the manifest and opens our lock on it", async () => {
      await engine.up([artifact("one", { tags: ["1.0"], lock: true, onDelete: "untag" })]);
      const one = digest();
      await engine.destroy();
      assert.equal(await somebody.digestOf("1.0"), undefined);
      assert.deepEqual(await somebody.attributesOfManifest(one), open);
    });

    it("onDelete retain makes no request", async () => {
      await engine.up([artifact("one", { tags: ["1.0"], onDelete: "retain" })]);
      emulator.journal.clear();
      await engine.destroy();
      assert.deepEqual(emulator.journal.entries, []);
    });

    it("fails without a removal if somebody else locked a tag", async () => {
      await engine.up([artifact("one", { tags: ["1.0", "2.0"] })]);
      await somebody.setTagAttributes("2.0", { deleteEnabled: false });
      emulator.journal.clear();
      await assert.rejects(
        engine.destroy(),
        says(/2\.0 is locked \(deleteEnabled=false, writeEnabled=true\)/),
      );
      assert.deepEqual(writes(), []);
      assert.equal(engine.state.length, 1);
    });
  });

  describe("a lock", () => {
    const lockOf = (name: string): Promise<unknown> => somebody.attributesOfTag(name);
    const refuse = (method: string, path: RegExp) =>
      emulator.faults.add({
        method,
        path,
        times: Infinity,
        action: { type: "status", status: 403 },
      });

    it("is not taken for ours if somebody else put it, even with the same values", async () => {
      await engine.up([artifact("ours", { tags: ["x"], lock: true })]);
      await somebody.publish("theirs", "a");
      await somebody.setTagAttributes("a", { writeEnabled: false, deleteEnabled: false });
      emulator.journal.clear();
      const inputs = { tags: ["x", "a"], lock: true, onTagConflict: "move" };
      await assert.rejects(engine.up([artifact("ours", inputs)]), says(/:a is locked/));
      await assert.rejects(engine.up([artifact("new", inputs)]), says(/:a is locked/));
      assert.deepEqual(writes(), []);
    });

    it("is removed by destroy even if somebody opened a part of it", async () => {
      await engine.up([artifact("one", { tags: ["1.0"], lock: true })]);
      await somebody.setTagAttributes("1.0", { writeEnabled: true });
      await engine.destroy();
      assert.equal(await somebody.digestOf("1.0"), undefined);
    });

    it("does not stay on a tag that moved to a version without it", async () => {
      await engine.up([artifact("one", { tags: ["latest"], lock: { deleteEnabled: false } })]);
      await engine.up([artifact("two", { tags: ["latest"] })]);
      assert.deepEqual(await lockOf("latest"), open);
    });

    it("is put as declared if it changes while it has drifted", async () => {
      const program = (lock: unknown): Declaration[] => [artifact("one", { tags: ["1.0"], lock })];
      await engine.up(program(true));
      await somebody.setTagAttributes("1.0", { writeEnabled: true, deleteEnabled: true });
      await engine.refresh();
      await engine.up(program({ writeEnabled: false }));
      assert.deepEqual(await lockOf("1.0"), { ...open, writeEnabled: false });
    });

    it("is removed from a manifest with its owner, even if another resource names the manifest", async () => {
      const other = artifact("same", { tags: ["b"] }, "b");
      await engine.up([artifact("same", { tags: ["a"], lock: true }, "a"), other]);
      await engine.up([other]);
      assert.deepEqual(await somebody.attributesOfManifest(digest("b")), open);
      await engine.destroy();
      assert.deepEqual(engine.state, []);
    });

    it("stays on a manifest while another resource locks it", async () => {
      const a = (lock: Bag = {}): Declaration => artifact("same", { tags: ["a"], ...lock }, "a");
      const b = artifact("same", { tags: ["b"], lock: true }, "b");
      await engine.up([b, a({ lock: true })]);
      await engine.up([b, a()]);
      assert.deepEqual(await somebody.attributesOfManifest(digest("b")), locked);
      assert.deepEqual(await lockOf("a"), open);
    });

    it("is removed by the next up if its removal failed half way", async () => {
      await engine.up([artifact("one", { tags: ["a"], lock: true })]);
      const fault = refuse("PATCH", /_manifests/);
      const program = [artifact("one", { tags: ["a", "b"] })];
      await assert.rejects(engine.up(program));
      fault.remove();
      await engine.up(program);
      assert.deepEqual(await lockOf("a"), open);
      assert.deepEqual(await somebody.attributesOfManifest(digest()), open);
      emulator.journal.clear();
      await engine.up(program);
      assert.deepEqual(emulator.journal.entries, []);
    });

    it("stays ours on a tag whose move failed", async () => {
      await engine.up([artifact("one", { tags: ["x", "latest"], lock: true })]);
      const next = [artifact("two", { tags: ["x", "latest"], lock: true })];
      const fault = refuse("PUT", /manifests\/x$/);
      await assert.rejects(engine.up(next));
      fault.remove();
      await engine.up(next);
      assert.equal(await somebody.digestOf("latest"), digest());
      assert.deepEqual(await lockOf("latest"), locked);
    });

    it("fails the update before any write if it is somebody else's on a dropped tag", async () => {
      await engine.up([artifact("one", { tags: ["a", "b"] })]);
      await somebody.setTagAttributes("b", { deleteEnabled: false });
      emulator.journal.clear();
      const next = [artifact("one", { tags: ["a", "c"], onReplace: "delete" })];
      await assert.rejects(engine.up(next), says(/:b is locked.*nothing was changed/));
      assert.deepEqual(writes(), []);
    });
  });

  describe("a dropped tag that could not be removed", () => {
    it("is removed by the next up", async () => {
      await engine.up([artifact("one", { tags: ["a", "b"] })]);
      const fault = emulator.faults.add({
        method: "DELETE",
        times: Infinity,
        action: { type: "status", status: 403 },
      });
      const next = [artifact("one", { tags: ["a", "c"], onReplace: "delete" })];
      await assert.rejects(engine.up(next), says(/DENIED/));
      fault.remove();
      await engine.up(next);
      assert.equal(await somebody.digestOf("b"), undefined);
    });
  });

  describe("settings of the registry", () => {
    it("are updated in the state without a request", async () => {
      const withVariable = (passwordVariable: string): Declaration[] => [
        artifact("one", {
          tags: ["1.0"],
          registry: {
            loginServer: emulator.url,
            username: emulator.credentials.username,
            passwordVariable,
          },
        }),
      ];
      engine.environment = { A: emulator.credentials.password };
      await engine.up(withVariable("A"));
      engine.environment = { B: emulator.credentials.password };
      emulator.journal.clear();
      assert.equal((await engine.up(withVariable("B"))).operations["app"], "update");
      assert.deepEqual(emulator.journal.entries, []);
      await engine.destroy();
    });
  });

  describe("a delete that failed", () => {
    it("is retried by the next up and removes only the old version", async () => {
      await engine.up([artifact("one", { tags: ["1.0", "latest"] })]);
      const one = digest();
      const next = [artifact("two", { tags: ["2.0", "latest"], onReplace: "delete" })];
      const fault = emulator.faults.add({
        method: "DELETE",
        path: new RegExp(`/manifests/${one}$`),
        times: Infinity,
        action: { type: "status", status: 403 },
      });
      await assert.rejects(engine.up(next), says(/\[DENIED\]/));
      fault.remove();
      await engine.up(next);
      assert.equal(await somebody.has(one), false);
      assert.equal(await somebody.digestOf("latest"), digest());
      assert.equal(engine.state.length, 1);
    });
  });

  describe("a create that failed half way", () => {
    it("records what it did; the next up does only the rest", async () => {
      const program = [artifact("one", { tags: ["1.0", "2.0", "3.0"], lock: true })];
      emulator.faults.add({
        method: "PUT",
        path: /manifests\/2\.0$/,
        times: Infinity,
        action: { type: "status", status: 403 },
      });
      await assert.rejects(engine.up(program), says(/2\.0/));
      assert.deepEqual(engine.resource("app").outputs["tags"], ["1.0"]);
      emulator.faults.clear();
      emulator.journal.clear();
      await engine.up(program);
      const manifests = writes().filter((line) => line.startsWith("PUT"));
      assert.deepEqual(manifests, [
        `PUT /v2/${REPOSITORY}/manifests/2.0`,
        `PUT /v2/${REPOSITORY}/manifests/3.0`,
      ]);
      assert.deepEqual(await somebody.attributesOfTag("3.0"), locked);
      emulator.journal.clear();
      await engine.up(program);
      assert.deepEqual(emulator.journal.entries, []);
    });

    it("is shown by a refresh and repaired by the next up", async () => {
      const program = [artifact("one", { tags: ["1.0", "2.0"], lock: true })];
      const fault = emulator.faults.add({
        method: "PUT",
        path: /manifests\/2\.0$/,
        times: Infinity,
        action: { type: "status", status: 403 },
      });
      await assert.rejects(engine.up(program));
      fault.remove();
      const run = await engine.refresh();
      assert.match(run.messages.map(({ text }) => text).join("\n"), /2\.0 was deleted/);
      await engine.up(program);
      assert.equal(await somebody.digestOf("2.0"), digest());
      assert.deepEqual(await somebody.attributesOfTag("2.0"), locked);
    });

    it("is finished by the next up if it replaced and could not move its tag", async () => {
      await engine.up([artifact("one", { tags: ["latest"], lock: true })]);
      const next = [artifact("two", { tags: ["latest"], lock: true })];
      const fault = emulator.faults.add({
        method: "PUT",
        path: /manifests\/latest$/,
        times: Infinity,
        action: { type: "status", status: 403 },
      });
      await assert.rejects(engine.up(next), says(/latest/));
      fault.remove();
      await engine.up(next);
      assert.equal(await somebody.digestOf("latest"), digest());
      assert.deepEqual(await somebody.attributesOfTag("latest"), locked);
    });
  });
});
