import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import { type Emulator } from "pulumi-acr/emulator";
import { IMPATIENT } from "../faults/manners.js";
import { type Bag, type Declaration, type MiniEngine } from "../support/miniEngine.js";
import { requestsTo } from "../support/requests.js";
import { eachWithScene } from "../support/scene.js";
import { type Somebody } from "../support/somebody.js";

const REPOSITORY = "team/app";
const OPEN = { deleteEnabled: true, writeEnabled: true, readEnabled: true, listEnabled: true };
const LOCKED = { ...OPEN, deleteEnabled: false, writeEnabled: false };

function artifact(inputs: Bag, name = "app"): Declaration {
  const content = { artifactType: "application/vnd.example", layers: [{ content: "one" }] };
  return { name, kind: "OciArtifact", inputs: { repository: REPOSITORY, ...content, ...inputs } };
}

describe("the run after a failed update", () => {
  let emulator: Emulator;
  let somebody: Somebody;
  let engine: MiniEngine;

  eachWithScene(REPOSITORY, (scene) => ({ emulator, somebody, engine } = scene));
  beforeEach(() => (engine.manners = IMPATIENT));

  const digest = (): string => String(engine.resource("app").outputs["digest"]);
  const fails = async (...program: Declaration[]): Promise<void> => {
    await assert.rejects(engine.up(program), { message: /\[UNAVAILABLE\]$/ });
    emulator.faults.clear();
  };
  /** From this request on, none is answered; with `dropAnswer` each is still carried out. */
  const cut = (method: string, path: RegExp, type: "reset" | "dropAnswer", nth = 1): unknown =>
    emulator.faults.add({ method, path, nth, times: Infinity, action: { type } });
  const settles = async (...program: Declaration[]): Promise<void> => {
    await engine.up(program);
    emulator.journal.clear();
    await engine.up(program);
    assert.deepEqual(requestsTo(emulator), []);
    const { operations } = await engine.refresh();
    assert.deepEqual(new Set(Object.values(operations)), new Set(["same"]));
  };

  it("locks again what the update had opened", async () => {
    const locked = artifact({ tags: ["x"], lock: true });
    await engine.up([locked]);
    cut("PATCH", /_manifests/, "reset");
    await fails(artifact({ tags: ["x"] }));
    assert.deepEqual(await somebody.attributesOfTag("x"), OPEN, "how far it came");
    await settles(locked);
    assert.deepEqual(await somebody.attributesOfTag("x"), LOCKED);
    assert.deepEqual(await somebody.attributesOfManifest(digest()), LOCKED);
  });

  it("locks again a tag that the update had opened for another resource", async () => {
    const before = artifact({ tags: ["x", "y"], lock: true });
    await engine.up([before]);
    const other = artifact({ tags: ["x"] }, "other");
    cut("DELETE", /_tags\/y/, "reset");
    await fails(other, artifact({ tags: [], lock: true, onReplace: "delete" }));
    assert.deepEqual(await somebody.attributesOfTag("x"), OPEN, "how far it came");
    await settles(before);
    assert.deepEqual(await somebody.attributesOfTag("x"), LOCKED);
  });

  it("puts back tags that the update had removed", async () => {
    const before = artifact({ tags: ["x", "y", "z"], lock: true, onReplace: "delete" });
    await engine.up([before]);
    cut("DELETE", /_tags\/z/, "reset");
    await fails(artifact({ tags: ["x"], lock: true, onReplace: "delete" }));
    assert.equal(await somebody.digestOf("y"), undefined, "how far it came");
    await settles(before);
    for (const tag of ["x", "y", "z"]) {
      assert.equal(await somebody.digestOf(tag), digest());
      assert.deepEqual(await somebody.attributesOfTag(tag), LOCKED);
    }
  });

  it("continues the removal of tags if the program stays the same", async () => {
    const after = artifact({ tags: ["x"], onReplace: "delete" });
    await engine.up([artifact({ tags: ["x", "y", "z"] })]);
    cut("DELETE", /_tags\/z/, "reset");
    await fails(after);
    await settles(after);
    assert.equal(await somebody.digestOf("z"), undefined);
  });

  describe("that put a tag and lost the answer", () => {
    const lost = async (...program: Declaration[]): Promise<void> => {
      cut("PUT", /manifests\/y$/, "dropAnswer");
      cut("HEAD", /manifests\/y$/, "reset", 2);
      await fails(...program);
      assert.equal(await somebody.digestOf("y"), digest(), "it was done");
    };

    it("removes the tag with onReplace delete", async () => {
      const before = artifact({ tags: ["x"], onReplace: "delete" });
      await engine.up([before]);
      await lost(artifact({ tags: ["x", "y"], onReplace: "delete" }));
      await settles(before);
      assert.equal(await somebody.digestOf("y"), undefined);
    });

    it("reports that the tag stays if it exists", async () => {
      const before = artifact({ tags: ["x"] });
      for (const isThere of [true, false]) {
        await engine.up([before]);
        await lost(artifact({ tags: ["x", "y"] }));
        if (!isThere) await somebody.untag("y");
        await engine.up([before]);
        const said = engine.messages.map(({ text }) => text);
        assert.equal(said.length, isThere ? 1 : 0);
        if (!isThere) continue;
        assert.match(said[0] ?? "", /^left published, no longer managed: \S+:y$/);
        await somebody.untag("y");
      }
    });

    it("moves the tag back to its former content", async () => {
      const before = artifact({ tags: ["y"] });
      await engine.up([before]);
      const old = digest();
      await lost(artifact({ tags: ["y"], layers: [{ content: "two" }] }));
      await settles(before);
      assert.equal(await somebody.digestOf("y"), old);
    });
  });

  it("is not needed if only the answer to the last request was lost", async () => {
    const program = [artifact({ tags: ["x"] })];
    cut("PUT", /manifests\/x$/, "dropAnswer");
    await engine.up(program);
    emulator.faults.clear();
    assert.equal(await somebody.digestOf("x"), digest());
    await settles(...program);
  });
});
