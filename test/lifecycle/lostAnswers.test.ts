import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "mocha";
import { type Emulator } from "pulumi-acr/emulator";
import { IMPATIENT } from "../faults/manners.js";
import { type Bag, type Declaration, type MiniEngine } from "../support/miniEngine.js";
import { requestsTo } from "../support/requests.js";
import { eachWithScene } from "../support/scene.js";
import { Somebody } from "../support/somebody.js";

const REPOSITORY = "team/app";

function artifact(inputs: Bag = {}): Declaration {
  const content = { artifactType: "application/vnd.example", layers: [{ content: "ours" }] };
  return {
    name: "app",
    kind: "OciArtifact",
    inputs: { repository: REPOSITORY, ...content, ...inputs },
  };
}

function stable(digest: string, inputs: Bag = {}): Declaration {
  const all = { repository: REPOSITORY, tag: "stable", digest, ...inputs };
  return { name: "stable", kind: "ArtifactTag", inputs: all };
}

/** The state records writes without an answer, so that destroy can undo them. */
describe("a write whose answer is lost", () => {
  let emulator: Emulator;
  let somebody: Somebody;
  let engine: MiniEngine;
  let one: string;
  let two: string;
  let three: string;

  eachWithScene(REPOSITORY, (scene) => ({ emulator, somebody, engine } = scene));
  beforeEach(async () => {
    one = await somebody.publish("one", "v1");
    two = await somebody.publish("two", "v2");
    three = await somebody.publish("three", "v3");
    engine.manners = IMPATIENT;
  });

  type Cut = "reset" | "dropAnswer";
  /** From this request on, none is answered; with `dropAnswer` each is still carried out. */
  const cut = (method: string, path: RegExp, type: Cut, nth = 1): unknown =>
    emulator.faults.add({ method, path, nth, times: Infinity, action: { type } });
  const fails = async (...program: Declaration[]): Promise<void> => {
    await assert.rejects(engine.up(program), { message: /\[UNAVAILABLE\]$/ });
    emulator.faults.clear();
  };
  const settles = async (...program: Declaration[]): Promise<void> => {
    await engine.up(program);
    emulator.journal.clear();
    await engine.up(program);
    assert.deepEqual(requestsTo(emulator), []);
  };
  const manifests = async (): Promise<string[]> => {
    const found: string[] = [];
    for await (const { digest } of somebody.repository.attributes.listManifests())
      found.push(digest);
    return found.filter((digest) => ![one, two, three].includes(digest));
  };

  describe("of an ArtifactTag", () => {
    /** Looking at the tag afterwards fails too. */
    const lost = async (type: Cut, ...program: Declaration[]): Promise<void> => {
      cut("PUT", /manifests\/stable$/, type);
      cut("HEAD", /manifests\/stable$/, "reset", 2);
      await fails(...program);
    };

    it("succeeds if the tag turns out to name the digest", async () => {
      cut("PUT", /manifests\/stable$/, "dropAnswer");
      await engine.up([stable(one)]);
      assert.equal(await somebody.digestOf("stable"), one);
    });

    it("fails if the tag turns out not to name the digest", async () => {
      cut("PUT", /manifests\/stable$/, "reset");
      await fails(stable(one));
      await settles(stable(one));
    });

    for (const type of ["dropAnswer", "reset"] as const) {
      const outcome = type === "reset" ? "it was not done" : "it was done";

      it(`is completed by the next up or undone by destroy (${outcome})`, async () => {
        await lost(type, stable(one));
        assert.equal(engine.state.length, 1);
        const { state } = engine;
        await settles(stable(one));
        engine.state = state;
        await engine.destroy();
        assert.equal(await somebody.digestOf("stable"), undefined);
      });

      it(`lets the next up put the former digest, the new one or a third (${outcome})`, async () => {
        for (const next of [one, two, three]) {
          await engine.up([stable(one)]);
          await lost(type, stable(two));
          await settles(stable(next));
          assert.equal(await somebody.digestOf("stable"), next);
          await engine.destroy();
        }
      });

      it(`leaves a tag that destroy removes, whichever digest it names (${outcome})`, async () => {
        await engine.up([stable(one)]);
        await lost(type, stable(two));
        await engine.destroy();
        assert.equal(await somebody.digestOf("stable"), undefined);
        assert.deepEqual(engine.state, []);
      });

      it(`claims a tag that existed before only if it was moved (${outcome})`, async () => {
        await somebody.tag("stable", one);
        await lost(type, stable(two, { onConflict: "adopt" }));
        const isDone = type === "dropAnswer";
        await engine.destroy();
        assert.equal(await somebody.digestOf("stable"), isDone ? undefined : one);
        if (isDone) return;
        assert.match(engine.messages.map(({ text }) => text).join(), /stable stays: somebody/);
      });
    }

    it("does not overwrite or remove a tag that somebody moves next", async () => {
      await engine.up([stable(one)]);
      await lost("dropAnswer", stable(two));
      await somebody.tag("stable", three);
      await assert.rejects(engine.up([stable(two)]), { message: /stable .*\[CONFLICT\]$/s });
      await engine.destroy();
      assert.equal(await somebody.digestOf("stable"), three);
    });

    it("does not overwrite or remove a tag that somebody moves after a refresh", async () => {
      await engine.up([stable(one)]);
      await lost("dropAnswer", stable(two));
      await engine.refresh();
      await somebody.tag("stable", one);
      await assert.rejects(engine.up([stable(three)]), { message: /stable .*\[CONFLICT\]$/s });
      await engine.destroy();
      assert.equal(await somebody.digestOf("stable"), one);
    });

    it("lets up move the tag after a refresh that finds it unmoved", async () => {
      await engine.up([stable(one)]);
      await lost("reset", stable(two));
      await engine.refresh();
      await settles(stable(three));
      assert.equal(await somebody.digestOf("stable"), three);
    });
  });

  describe("of a manifest", () => {
    it("keeps a resource that the next up completes", async () => {
      cut("PUT", /manifests\/sha256:/, "dropAnswer");
      await fails(artifact({ tags: ["x"], lock: true }));
      const [digest = ""] = await manifests();
      assert.equal(engine.resource("app").outputs["digest"], digest);
      await settles(artifact({ tags: ["x"], lock: true }));
      assert.equal(await somebody.digestOf("x"), digest);
    });

    it("keeps a resource that destroy removes", async () => {
      cut("PUT", /manifests\/sha256:/, "dropAnswer");
      await fails(artifact({ tags: ["x"] }));
      await engine.destroy();
      assert.deepEqual(await manifests(), []);
    });

    it("keeps a resource that the next up publishes if the manifest was not stored", async () => {
      cut("PUT", /manifests\/sha256:/, "reset");
      await fails(artifact({ tags: ["x"] }));
      assert.deepEqual(await manifests(), []);
      await settles(artifact({ tags: ["x"] }));
      assert.equal(await somebody.digestOf("x"), engine.resource("app").outputs["digest"]);
    });

    it("keeps no resource if the registry refused the manifest", async () => {
      const action = { type: "status", status: 403 } as const;
      emulator.faults.add({ method: "PUT", path: /manifests/, times: Infinity, action });
      await assert.rejects(engine.up([artifact()]), { message: /\[DENIED\]$/ });
      assert.deepEqual(engine.state, []);
    });
  });

  describe("in the middle of a copy", () => {
    let dev: Somebody;
    beforeEach(() => (dev = new Somebody(emulator, "dev/app")));
    afterEach(() => dev.close());

    const copy = (digest: string): Declaration => {
      const source = { repository: "dev/app", digest };
      const inputs = { source, repository: REPOSITORY, tags: ["copy"], lock: true };
      return { name: "copy", kind: "ArtifactCopy", inputs };
    };

    for (const type of ["dropAnswer", "reset"] as const) {
      it(`keeps earlier manifests for the next up and for destroy (${type})`, async () => {
        const app = await dev.publish("app");
        const signature = await dev.publish("signature", undefined, app);
        cut("PUT", new RegExp(`${REPOSITORY}/manifests/${signature}`), type);
        await fails(copy(app));
        assert.ok((await manifests()).includes(app));
        const { state } = engine;
        await settles(copy(app));
        assert.deepEqual((await manifests()).sort(), [app, signature].sort());
        await engine.destroy();
        assert.deepEqual(await manifests(), []);

        engine.state = [];
        cut("PUT", new RegExp(`${REPOSITORY}/manifests/${signature}`), type);
        await fails(copy(app));
        assert.equal(engine.state.length, state.length);
        await engine.destroy();
        assert.deepEqual(await manifests(), []);
      });
    }

    for (const type of ["dropAnswer", "reset"] as const) {
      const isDone = type === "dropAnswer";
      const outcome = isDone ? "keeps a stored referrer" : "stops tracking a lost referrer";

      it(`${outcome} that was then deleted at the source`, async () => {
        const app = await dev.publish("app");
        const signature = await dev.publish("signature", undefined, app);
        assert.equal(await somebody.publish("app"), app, "it is there already");
        cut("PUT", new RegExp(`${REPOSITORY}/manifests/${signature}`), type);
        await fails(copy(app));
        assert.equal(await somebody.has(signature), isDone);
        await dev.deleteManifest(signature);
        await settles(copy(app));
        const tracked = engine.resource("copy").outputs["included"] as { digest: string }[];
        assert.deepEqual(
          tracked.map(({ digest }) => digest),
          isDone ? [signature] : [],
        );
        await engine.destroy();
        assert.deepEqual(await manifests(), []);
      });
    }
  });
});
