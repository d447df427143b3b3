import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "mocha";
import { type Emulator, startEmulator } from "pulumi-acr/emulator";
import { systemClock } from "../../provider/http/clock.js";
import { environmentFor } from "../support/engine.js";
import { meanwhile } from "../support/meanwhile.js";
import { type Bag, MiniEngine, type Program } from "../support/miniEngine.js";
import { requestsTo } from "../support/requests.js";
import { Somebody } from "../support/somebody.js";
import { CLOSED, OPEN } from "./world.js";

const REPOSITORY = "team/app";

function artifact(inputs: Bag): Program {
  const repository = REPOSITORY;
  const artifactType = "application/vnd.example";
  const layers = [{ content: "text" }];
  return [
    { name: "app", kind: "OciArtifact", inputs: { repository, artifactType, layers, ...inputs } },
  ];
}

describe("concurrent operations", () => {
  let emulator: Emulator;
  let somebody: Somebody;
  let one: MiniEngine;
  let other: MiniEngine;

  beforeEach(async () => {
    emulator = await startEmulator();
    somebody = new Somebody(emulator, REPOSITORY);
    const environment = environmentFor(emulator);
    [one, other] = [new MiniEngine({ environment }), new MiniEngine({ environment })];
  });
  afterEach(async () => {
    emulator.faults.clear();
    somebody.close();
    await emulator.close();
  });

  const digestOf = (engine: MiniEngine): string => String(engine.resource("app").outputs["digest"]);
  const settles = async (engine: MiniEngine, program: Program): Promise<void> => {
    await engine.up(program, { refresh: true });
    emulator.journal.clear();
    assert.deepEqual((await engine.up(program)).operations, { app: "same" });
    assert.deepEqual(requestsTo(emulator), []);
  };
  const says = (pattern: RegExp) => (error: Error) => {
    assert.match(error.message, pattern);
    return true;
  };

  it("two stacks publish the same artifact under the same tag: both have it", async () => {
    const program = artifact({ tags: ["v1"], lock: true });
    await Promise.all([one.up(program), other.up(program)]);
    assert.equal(digestOf(one), digestOf(other));
    assert.equal(await somebody.digestOf("v1"), digestOf(one));
    for (const engine of [one, other]) await settles(engine, program);
    assert.equal(emulator.openUploads(), 0);
  });

  it("one stack locks the tag that the other is about to put on the same artifact: both have it", async () => {
    const program = artifact({ tags: ["v1"], lock: true });
    await meanwhile(
      emulator,
      { method: "PUT", path: /manifests\/v1$/ },
      () => other.up(program),
      () => one.up(program),
    );
    const puts = emulator.journal.entries.filter(
      ({ method, path }) => method === "PUT" && path.endsWith("/manifests/v1"),
    );
    assert.deepEqual(puts.map(({ status }) => status).sort(), [201, 405]);
    assert.equal(await somebody.digestOf("v1"), digestOf(one));
    for (const engine of [one, other]) await settles(engine, program);
  });

  it("two stacks share a blob: neither ends up without it", async () => {
    const layers = [{ content: "shared ".repeat(20_000) }];
    const [first, second] = ["1", "2"].map((tag) =>
      artifact({ layers, tags: [tag], annotations: { tag }, verify: "blobs" }),
    ) as [Program, Program];
    await Promise.all([one.up(first), other.up(second)]);
    await settles(one, first);
    await settles(other, second);
    await one.destroy();
    assert.deepEqual((await other.refresh()).operations, { app: "same" });
  });

  it("two stacks put the same tag on different artifacts: the loser gets an error, and nothing is left half done", async () => {
    const first = artifact({ tags: ["v1"], annotations: { stack: "1" } });
    const second = artifact({ tags: ["v1"], annotations: { stack: "2" } });
    await assert.rejects(
      meanwhile(
        emulator,
        { method: "GET", path: /_manifests\/sha256/ },
        () =>
          other.up(artifact({ tags: ["v1"], annotations: { stack: "2" }, onTagConflict: "move" })),
        () => one.up(first),
      ),
      says(/:v1 was put on sha256:\w+ and then moved to sha256:\w+ by somebody else/),
    );
    assert.equal(await somebody.digestOf("v1"), digestOf(other));
    assert.ok(await somebody.has(digestOf(one)), "the manifest is in the state, and there");
    await assert.rejects(one.up(first), says(/\[CONFLICT\]$/));
    await other.up(second);
    assert.equal(await somebody.digestOf("v1"), digestOf(other));
  });

  it("a tag is taken during a long upload: it is not overwritten, and the next up goes on from there", async () => {
    let ahead = 0;
    one.manners = { clock: { ...systemClock, now: () => systemClock.now() + ahead } };
    const content = { layers: [{ content: "large ".repeat(20_000) }], tags: ["v1", "v1.0"] };
    const theirs = await somebody.publish("theirs");
    await assert.rejects(
      meanwhile(
        emulator,
        { method: "POST", path: /blobs\/uploads/ },
        async () => {
          ahead = 60_000;
          await somebody.tag("v1", theirs);
        },
        () => one.up(artifact(content)),
      ),
      says(/:v1 was put on sha256:\w+ by somebody else while content was sent: it did not exist/),
    );
    assert.equal(await somebody.digestOf("v1"), theirs);
    assert.equal(await somebody.digestOf("v1.0"), undefined);
    assert.ok(await somebody.has(digestOf(one)), "the manifest is in the state, and there");
    await assert.rejects(one.up(artifact(content)), says(/:v1 .*\[CONFLICT\]$/s));
    await settles(one, artifact(content));
    assert.equal(await somebody.digestOf("v1"), digestOf(one));
  });

  it("a lock appears between check and tagging: refused, and finished once it is opened", async () => {
    const program = artifact({ tags: ["v1"] });
    await one.up(program);
    const ours = digestOf(one);
    const theirs = await somebody.publish("theirs", "theirs");
    await somebody.tag("v1", theirs);
    await one.refresh();
    await assert.rejects(
      meanwhile(
        emulator,
        { method: "PUT", path: /manifests\/v1$/ },
        () => somebody.setTagAttributes("v1", CLOSED),
        () => one.up(program),
      ),
      says(/:v1.*lock.*\[LOCKED\]$/i),
    );
    assert.equal(await somebody.digestOf("v1"), theirs, "a locked tag stays where it is");
    await somebody.setTagAttributes("v1", OPEN);
    await one.up(program);
    assert.equal(await somebody.digestOf("v1"), ours);
    await settles(one, program);
  });

  it("a lock comes to a tag that is dropped while another one is put: what is told of the rest is true", async () => {
    const program = artifact({ tags: ["v2"], onReplace: "delete" });
    await one.up(artifact({ tags: ["v1"] }));
    await assert.rejects(
      meanwhile(
        emulator,
        { method: "PUT", path: /manifests\/v2$/ },
        () => somebody.setTagAttributes("v1", CLOSED),
        () => one.up(program),
      ),
      says(
        /:v1 is locked .*: it stays, and earlier changes of this run are done\. The next run continues/,
      ),
    );
    assert.equal(await somebody.digestOf("v2"), digestOf(one));
    await somebody.setTagAttributes("v1", OPEN);
    await one.up(program);
    assert.equal(await somebody.digestOf("v1"), undefined);
    await settles(one, program);
  });

  it("a lock appears between check and deletion: refused, and finished once it is opened", async () => {
    await one.up(artifact({ tags: ["v1"] }));
    const before = one.state;
    await assert.rejects(
      meanwhile(
        emulator,
        { method: "DELETE", path: /_tags\/v1$/ },
        () => somebody.setTagAttributes("v1", CLOSED),
        () => one.destroy(),
      ),
      says(/lock.*\[LOCKED\]$/i),
    );
    assert.deepEqual(one.state, before);
    const attributes = await somebody.attributesOfTag("v1");
    assert.deepEqual({ ...attributes, ...CLOSED }, attributes, "their lock is left alone");
    await somebody.setTagAttributes("v1", OPEN);
    await one.destroy();
    assert.equal(await somebody.has(String(before[0]?.outputs["digest"])), false);
  });

  it("a manifest gets a tag while it is being deleted: it stays", async () => {
    await one.up(artifact({ tags: ["v1"] }));
    const digest = digestOf(one);
    await meanwhile(
      emulator,
      { method: "DELETE", path: /_tags\/v1$/ },
      () => somebody.tag("theirs", digest),
      () => one.destroy(),
    );
    assert.equal(await somebody.digestOf("theirs"), digest);
    assert.match(one.messages.map(({ text }) => text).join(), /stays: other tags name it: theirs/);
  });

  it("the manifest disappears between check and tagging: published again, by this run or the next", async () => {
    const program = artifact({ tags: ["v1"] });
    await one.up(program);
    const { digest, layerDescriptors } = one.resource("app").outputs as unknown as Published;
    one.state = [];
    await somebody.untag("v1");
    const attempt = meanwhile(
      emulator,
      { method: "PUT", path: /manifests\/v1$/ },
      async () => {
        await somebody.deleteManifest(digest);
        await somebody.repository.blobs.delete(layerDescriptors[0].digest);
      },
      () => one.up(program),
    );
    await attempt.catch(() => undefined);
    await one.up(program);
    assert.equal(await somebody.digestOf("v1"), digest);
    assert.ok(await somebody.repository.blobs.exists(layerDescriptors[0].digest));
    await settles(one, program);
  });
});

interface Published {
  readonly digest: string;
  readonly layerDescriptors: readonly [{ readonly digest: string }];
}
