import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "mocha";
import { type Emulator, startEmulator } from "pulumi-acr/emulator";
import { environmentFor } from "../support/engine.js";
import { type Bag, MiniEngine, type Program } from "../support/miniEngine.js";
import { requestsTo } from "../support/requests.js";
import { Somebody } from "../support/somebody.js";
import { CLOSED, OPEN } from "./world.js";

const REPOSITORY = "team/app";
const ALL_OPEN = { deleteEnabled: true, writeEnabled: true, readEnabled: true, listEnabled: true };
const PROGRAM: Program = lock({});

function lock(inputs: Bag): Program {
  return [
    { name: "lock", kind: "TagLock", inputs: { repository: REPOSITORY, tag: "theirs", ...inputs } },
  ];
}

const says = (pattern: RegExp) => (error: Error) => pattern.test(error.message);

describe("a TagLock that was set half", () => {
  let emulator: Emulator;
  let somebody: Somebody;
  let engine: MiniEngine;
  let digest: string;

  beforeEach(async () => {
    emulator = await startEmulator();
    somebody = new Somebody(emulator, REPOSITORY);
    digest = await somebody.publish("theirs", "theirs");
    engine = new MiniEngine({
      environment: environmentFor(emulator),
      manners: { retry: { maxRetries: 1, baseDelayMs: 1, budgetMs: 50 } },
    });
  });
  afterEach(async () => {
    somebody.close();
    await emulator.close();
  });

  const attributes = async (): Promise<unknown> => {
    const [tag, manifest] = await Promise.all([
      somebody.attributesOfTag("theirs"),
      somebody.attributesOfManifest(digest),
    ]);
    return [tag?.writeEnabled, manifest?.writeEnabled];
  };

  it("on the tag alone is finished by the next up, without a refresh", async () => {
    const unreachable = { method: "PATCH", path: /_manifests/, times: Infinity };
    emulator.faults.add({ ...unreachable, action: { type: "status", status: 500 } });
    await assert.rejects(engine.up(PROGRAM), says(/\[UNAVAILABLE\]$/));
    assert.deepEqual(await attributes(), [false, true]);
    const [drift] = engine.resource("lock").outputs["drift"] as [{ subject: string }];
    assert.match(drift.subject, /@sha256:/, "the state tells what is still to be done");
    emulator.faults.clear();
    await engine.up(PROGRAM);
    assert.deepEqual(await attributes(), [false, false]);
    emulator.journal.clear();
    assert.deepEqual((await engine.up(PROGRAM)).operations, { lock: "same" });
    assert.deepEqual(requestsTo(emulator), []);
  });

  it("refuses all the same what somebody changed in between", async () => {
    const unreachable = { method: "PATCH", path: /_manifests/, times: Infinity };
    emulator.faults.add({ ...unreachable, action: { type: "status", status: 500 } });
    await assert.rejects(engine.up(PROGRAM));
    emulator.faults.clear();
    await somebody.setManifestAttributes(digest, { deleteEnabled: false });
    await assert.rejects(engine.up(PROGRAM), says(/was changed by somebody else.* \[CONFLICT\]$/));
  });

  it("is opened by delete, also where the answer to its first request was lost", async () => {
    emulator.faults.add({ method: "PATCH", times: Infinity, action: { type: "dropAnswer" } });
    await assert.rejects(engine.up(PROGRAM), says(/\[UNAVAILABLE\]$/));
    emulator.faults.clear();
    assert.deepEqual(await attributes(), [false, true], "the first was set");
    await engine.up(PROGRAM);
    await engine.destroy();
    assert.deepEqual(await attributes(), [true, true], "what was found at first");
  });

  it("in an update still puts back what it no longer manages", async () => {
    await engine.up(PROGRAM);
    const alone = lock({ deleteEnabled: true, lockManifest: false });
    emulator.faults.add({ method: "PATCH", times: Infinity, action: { type: "dropAnswer" } });
    await assert.rejects(engine.up(alone), says(/\[UNAVAILABLE\]$/));
    emulator.faults.clear();
    await engine.up(alone);
    assert.deepEqual(await attributes(), [false, true], "the manifest's lock is gone");
    await engine.destroy();
    assert.deepEqual(await attributes(), [true, true]);
  });

  it("in an update remembers what was found where it began to manage", async () => {
    await engine.up(lock({ lockManifest: false }));
    const onManifest = { method: "PATCH", path: /_manifests/, times: Infinity };
    emulator.faults.add({ ...onManifest, action: { type: "dropAnswer" } });
    await assert.rejects(engine.up(PROGRAM), says(/\[UNAVAILABLE\]$/));
    emulator.faults.clear();
    assert.deepEqual(await attributes(), [false, false], "it was set all the same");
    await engine.up(PROGRAM);
    await engine.destroy();
    assert.deepEqual(await attributes(), [true, true]);
  });

  it("in an update is set back by the former program, although nobody has refreshed", async () => {
    await engine.up(PROGRAM);
    const onManifest = { method: "PATCH", path: /_manifests/, times: Infinity };
    emulator.faults.add({ ...onManifest, action: { type: "status", status: 500 } });
    for (let run = 0; run < 2; run++) {
      await assert.rejects(engine.up(lock({ writeEnabled: true })), says(/\[UNAVAILABLE\]$/));
    }
    const { drift } = engine.resource("lock").outputs as { drift: unknown[] };
    assert.equal(
      drift.length,
      2,
      "one for each of the two that may be set, however often it fails",
    );
    emulator.faults.clear();
    assert.deepEqual(await attributes(), [true, false], "only the tag was opened");
    await engine.up(PROGRAM);
    assert.deepEqual(await attributes(), [false, false]);
    assert.deepEqual(engine.resource("lock").outputs["drift"], []);
    await engine.destroy();
    assert.deepEqual(await attributes(), [true, true]);
  });

  it("in an update opens in the end what it closed besides", async () => {
    await engine.up(PROGRAM);
    const onManifest = { method: "PATCH", path: /_manifests/, times: Infinity };
    emulator.faults.add({ ...onManifest, action: { type: "status", status: 500 } });
    await assert.rejects(engine.up(lock({ readEnabled: false })), says(/\[UNAVAILABLE\]$/));
    emulator.faults.clear();
    assert.equal((await somebody.attributesOfTag("theirs"))?.readEnabled, false);
    await engine.destroy();
    assert.deepEqual(await somebody.attributesOfTag("theirs"), ALL_OPEN);
    assert.deepEqual(await somebody.attributesOfManifest(digest), ALL_OPEN);
  });

  it("that was to let go of the manifest takes it again", async () => {
    await engine.up(PROGRAM);
    emulator.faults.add({ method: "PATCH", times: Infinity, action: { type: "dropAnswer" } });
    const alone = lock({ lockManifest: false });
    await assert.rejects(engine.up(alone), says(/\[UNAVAILABLE\]$/));
    emulator.faults.clear();
    assert.deepEqual(await attributes(), [false, true], "it was opened all the same");
    await engine.up(PROGRAM);
    assert.deepEqual(await attributes(), [false, false]);
    await engine.destroy();
    assert.deepEqual(await attributes(), [true, true]);
  });

  it("in an update refuses all the same what somebody changed in between", async () => {
    await engine.up(PROGRAM);
    const onManifest = { method: "PATCH", path: /_manifests/, times: Infinity };
    emulator.faults.add({ ...onManifest, action: { type: "status", status: 500 } });
    await assert.rejects(engine.up(lock({ writeEnabled: true })));
    emulator.faults.clear();
    await somebody.setTagAttributes("theirs", { deleteEnabled: true, writeEnabled: true });
    await assert.rejects(engine.up(PROGRAM), says(/was changed by somebody else.* \[CONFLICT\]$/));
  });

  it("is not in the state where the registry refused the first request", async () => {
    const refusal = { type: "status", status: 403, code: "DENIED", message: "no" } as const;
    emulator.faults.add({ method: "PATCH", times: Infinity, action: refusal });
    await assert.rejects(engine.up(PROGRAM), says(/\[DENIED\]$/));
    assert.deepEqual(engine.state, []);
    emulator.faults.clear();
    await engine.up(PROGRAM);
    const live = await somebody.attributesOfTag("theirs");
    assert.deepEqual({ ...live, ...CLOSED }, live);
    assert.notDeepEqual({ ...live, ...OPEN }, live);
  });
});
