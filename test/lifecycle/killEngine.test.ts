import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, describe, it } from "mocha";
import { OciArtifact } from "pulumi-acr";
import { digestOf } from "pulumi-acr/client";
import { type Emulator, startEmulator } from "pulumi-acr/emulator";
import { EngineStack, environmentFor } from "../support/engine.js";
import { EngineProcesses, isRunning } from "../support/engineProcesses.js";
import { forgetUploads } from "../support/openUploads.js";
import { requestsTo } from "../support/requests.js";
import { Somebody } from "../support/somebody.js";
import { TemporaryFolder } from "../support/temporaryFolder.js";

/** Large enough for a HEAD request before the upload. */
const FINISHED = "finished ".repeat(10_000);
/** Large enough for an upload session. */
const UNFINISHED = Buffer.alloc(20 * 1024 * 1024, "unfinished");

type Rule = Omit<Parameters<Emulator["faults"]["add"]>[0], "action">;

const PHASES: Readonly<Record<string, Rule>> = {
  "during the upload of a blob": { method: "PATCH", path: /\/blobs\/uploads\// },
  "after the push of the manifest": { method: "PUT", path: /\/manifests\/v1$/ },
  "after the first tag": { method: "PUT", path: /\/manifests\/v2$/ },
  "between the tags and their lock": { method: "PATCH", path: /\/_tags\/v1$/ },
};

/** The first tag is deleted; the second one and the manifest are not. */
const DURING_DELETE: Rule = { method: "DELETE", path: /\/_tags\/v2$/ };

describe("an interrupted run is finished by the next one:", function () {
  this.timeout(120_000);
  let emulator: Emulator;
  let somebody: Somebody;
  let stack: EngineStack;
  let processes: EngineProcesses;
  let folder: TemporaryFolder;

  beforeEach(async () => {
    emulator = await startEmulator();
    somebody = new Somebody(emulator, "team/app");
    processes = new EngineProcesses();
    folder = new TemporaryFolder();
    const file = `${folder.path}/unfinished`;
    writeFileSync(file, UNFINISHED);
    const environment = { ...environmentFor(emulator), ...processes.environment };
    stack = await EngineStack.create({ environment });
    stack.program = () => {
      new OciArtifact("app", {
        repository: "team/app",
        artifactType: "application/vnd.example",
        layers: [{ content: FINISHED }, { file }],
        tags: ["v1", "v2"],
        lock: true,
      });
      return Promise.resolve();
    };
  });
  afterEach(async () => {
    stack.remove();
    processes.remove();
    folder.remove();
    somebody.close();
    // Killed processes cancelled no uploads.
    forgetUploads();
    await emulator.close();
  });

  /** Starts a run and waits until it reaches this request; returns how it ends. */
  const runUntil = async (
    run: () => Promise<unknown>,
    rule: Rule,
    action: Stop,
  ): Promise<{ readonly ended: Promise<Error | undefined> }> => {
    const fault = emulator.faults.add({ ...rule, action });
    processes.nextRun();
    const ended = run().then(
      () => undefined,
      (error: unknown) => error as Error,
    );
    while (fault.hits === 0 || !isSent(digestOf(FINISHED))) await wait(10);
    return { ended };
  };
  const upUntil = (rule: Rule, action: Stop) => runUntil(() => stack.up(), rule, action);
  const destroyUntil = (rule: Rule) => runUntil(() => stack.destroy(), rule, { type: "stall" });
  const isSent = (digest: string): boolean =>
    emulator.journal.entries.some(
      ({ query, status }) => status === 201 && decodeURIComponent(query).includes(digest),
    );
  const digests = async (): Promise<string[]> => {
    const found: string[] = [];
    for await (const { digest } of somebody.repository.attributes.listManifests()) {
      found.push(digest);
    }
    return found;
  };
  const interrupt = (): void => void process.kill(processes.cli(), "SIGINT");
  const exists = async (digest: string): Promise<boolean> =>
    somebody.repository.blobs.exists(digest);

  /** Does what a user does then, and checks the result. */
  const converges = async (): Promise<void> => {
    emulator.faults.clear();
    const sentBefore = await exists(digestOf(UNFINISHED));
    await stack.cli("refresh", "--yes", "--clear-pending-creates");
    emulator.journal.clear();
    await stack.up();
    assert.equal(isSent(digestOf(FINISHED)), false, "a finished blob is sent again");
    const patches = requestsTo(emulator).filter((request) => request === "PATCH upload");
    assert.equal(patches.length === 0, sentBefore, "bytes are sent for what is missing alone");
    emulator.journal.clear();
    await stack.up({ expectNoChanges: true });
    assert.deepEqual(emulator.journal.entries, []);
    assert.equal((await somebody.attributesOfTag("v1"))?.writeEnabled, false);
  };

  type Ended = { readonly ended: Promise<Error | undefined> };
  const killHost = async ({ ended }: Ended): Promise<void> => {
    process.kill(processes.host(), "SIGKILL");
    assert.ok(await ended, "the run fails");
  };
  const killPulumi = async ({ ended }: Ended): Promise<void> => {
    const host = processes.host();
    process.kill(processes.cli(), "SIGKILL");
    assert.ok(await ended, "the run fails");
    if (isRunning(host)) process.kill(host, "SIGKILL");
    // The backend still considers the run active.
    await stack.stack.cancel();
  };

  for (const [who, kill] of [
    ["the provider's process", killHost],
    ["pulumi", killPulumi],
  ] as const) {
    for (const [phase, rule] of Object.entries(PHASES)) {
      it(`kill -9 of ${who} ${phase}`, async () => {
        await kill(await upUntil(rule, { type: "stall" }));
        await converges();
      });
    }

    it(`kill -9 of ${who} during a delete: destroy finishes it`, async () => {
      await stack.up();
      const [digest = ""] = await digests();
      await kill(await destroyUntil(DURING_DELETE));
      assert.deepEqual(await digests(), [digest], "the manifest is there until the end");
      assert.match(await stack.exportState(), new RegExp(digest), "and so is the state");
      emulator.faults.clear();
      await stack.destroy();
      assert.deepEqual(await digests(), []);
      assert.doesNotMatch(await stack.exportState(), new RegExp(digest));
    });

    it(`kill -9 of ${who} during a delete: up publishes the deleted parts again`, async () => {
      await stack.up();
      await kill(await destroyUntil(DURING_DELETE));
      emulator.faults.clear();
      emulator.journal.clear();
      await stack.up({ refresh: true });
      const blobs = requestsTo(emulator).filter((request) =>
        / (?:whole blob|upload)$/.test(request),
      );
      assert.deepEqual(blobs, [], "all blobs are there");
      emulator.journal.clear();
      await stack.up({ expectNoChanges: true });
      assert.deepEqual(emulator.journal.entries, []);
      for (const tag of ["v1", "v2"]) {
        assert.equal((await somebody.attributesOfTag(tag))?.writeEnabled, false, tag);
      }
    });
  }

  it("Ctrl-C lets running operations finish", async () => {
    const [, tag] = Object.values(PHASES);
    const { ended } = await upUntil(tag ?? {}, { type: "delay", ms: 1_500 });
    interrupt();
    await ended;
    assert.equal((await somebody.attributesOfTag("v1"))?.writeEnabled, false);
    await converges();
  });

  it("a second Ctrl-C cancels the upload", async () => {
    const [upload] = Object.values(PHASES);
    const { ended } = await upUntil(upload ?? {}, { type: "stall" });
    const host = processes.host();
    interrupt();
    // Two equal signals count as one until the first is handled.
    while (!stack.said.includes("^C received")) await wait(10);
    interrupt();
    assert.ok(await ended, "the run fails");
    while (isRunning(host)) await wait(10);
    assert.equal(emulator.openUploads(), 0, "the session is cancelled");
    await converges();
  });
});

type Stop = { readonly type: "stall" } | { readonly type: "delay"; readonly ms: number };
