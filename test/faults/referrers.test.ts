import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { type Emulator, type FaultAction, startEmulator } from "pulumi-acr/emulator";
import { environmentFor } from "../support/engine.js";
import { type Declaration, MiniEngine } from "../support/miniEngine.js";
import { Somebody } from "../support/somebody.js";
import { hastyClock } from "./hastyClock.js";

/** No operation has more requests, so that a sweep that does not end is noticed. */
const MOST_REQUESTS = 60;
const manners = {
  clock: hastyClock(50),
  retry: { maxRetries: 1, baseDelayMs: 100, maxDelayMs: 200 },
};

const FAILURES: Readonly<Record<string, FaultAction>> = {
  "a refusal": { type: "status", status: 400, code: "UNKNOWN" },
  "a cut before it is applied": { type: "reset" },
  "a lost answer": { type: "dropAnswer" },
};

/** Without the referrers API, each request for the list may fail once or permanently. */
describe("a referrer under faults, with customer-managed keys", function () {
  this.timeout(120_000);
  let emulator: Emulator;
  before(async () => {
    emulator = await startEmulator({ referrersApi: false });
  });
  after(() => emulator.close());

  function programIn(repository: string): Declaration[] {
    const common = { repository, artifactType: "application/vnd.example" };
    return [
      { name: "app", kind: "OciArtifact", inputs: { ...common, layers: [{ content: "app" }] } },
      {
        name: "sbom",
        kind: "OciArtifact",
        inputs: (outputsOf) => {
          const { mediaType, digest, size } = outputsOf("app");
          return { ...common, tags: ["sbom"], subject: { mediaType, digest, size } };
        },
      },
    ];
  }

  /** Fails one more request, in a new repository; returns whether there was such a request. */
  async function trial(repository: string, nth: number, times: number, action: FaultAction) {
    const engine = new MiniEngine({ environment: environmentFor(emulator), manners });
    const somebody = new Somebody(emulator, repository);
    const program = programIn(repository);
    const listed = async (): Promise<string[]> => {
      const found: string[] = [];
      const subject = String(engine.resource("app").outputs["digest"]);
      for await (const one of somebody.repository.referrers.list(subject)) found.push(one.digest);
      return found;
    };
    const failing = async (operation: () => Promise<unknown>): Promise<number> => {
      const fault = emulator.faults.add({ path: /^\/(?:v2|acr)/, nth, times, action });
      await operation().catch(() => undefined);
      fault.remove();
      return fault.hits;
    };
    const failedUp = await failing(() => engine.up(program));
    await engine.up(program);
    assert.deepEqual(await listed(), [engine.resource("sbom").outputs["digest"]]);
    assert.deepEqual((await engine.up(program)).operations, { app: "same", sbom: "same" });
    const failedDestroy = await failing(() => engine.destroy());
    await engine.destroy();
    assert.deepEqual(engine.state, []);
    assert.deepEqual(await remaining(somebody), [], engine.messages.map(({ text }) => text).join());
    somebody.close();
    return failedUp + failedDestroy > 0;
  }

  /** Everything that is in the repository. */
  async function remaining({ repository }: Somebody): Promise<string[]> {
    const found: string[] = [];
    for await (const { digest, mediaType, tags } of repository.attributes.listManifests()) {
      found.push(`${digest} ${mediaType} ${tags.join()}`);
    }
    return found;
  }

  for (const [name, action] of Object.entries(FAILURES)) {
    for (const times of [1, 4]) {
      it(`is listed once, and gone in the end, after ${name} ${times} times from any request on`, async () => {
        let nth = 1;
        const of = (): string => `team/${name.replaceAll(" ", "-")}-${times}-${nth}`;
        while (await trial(of(), nth, times, action)) {
          nth += 1;
          assert.ok(nth < MOST_REQUESTS, "the sweep does not end");
        }
        assert.ok(nth > 10, "hardly anything was failed");
      });
    }
  }
});
