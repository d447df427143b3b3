import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "mocha";
import { type Emulator, startEmulator } from "pulumi-acr/emulator";
import type { ClientManners } from "../../provider/arguments/sessions.js";
import { environmentFor } from "../support/engine.js";
import { type Bag, type Kind, MiniEngine, type Program } from "../support/miniEngine.js";
import { requestsTo } from "../support/requests.js";
import { Somebody } from "../support/somebody.js";

const REPOSITORY = "team/app";
const PORTAL = "<!DOCTYPE html><html><title>Sign in to the hotel</title></html>";
const HTML = { "content-type": "text/html" };

type Action = Parameters<Emulator["faults"]["add"]>[0]["action"];

/** The failure of every request of the refresh, and the expected error. */
const FAILURES: Readonly<Record<string, readonly [Action, RegExp]>> = {
  "a plain-text 404": [
    {
      type: "status",
      status: 404,
      body: "404 page not found",
      headers: { "content-type": "text/plain" },
    },
    /\[(?:PROTOCOL|REJECTED|UNSUPPORTED)\]$/,
  ],
  "a 404 without a body": [{ type: "status", status: 404, body: "" }, /\[(?:PROTOCOL|REJECTED)\]$/],
  "a 404 of another code": [
    { type: "status", status: 404, code: "UNKNOWN", message: "no" },
    /\[\w+\]$/,
  ],
  "a captive portal's 200": [
    { type: "status", status: 200, body: PORTAL, headers: HTML },
    /\[PROTOCOL\]$/,
  ],
  "a captive portal's 404": [
    { type: "status", status: 404, body: PORTAL, headers: HTML },
    /\[\w+\]$/,
  ],
  "a captive portal's 302": [
    {
      type: "status",
      status: 302,
      body: PORTAL,
      headers: { ...HTML, location: "http://portal.example/" },
    },
    /\[\w+\]$/,
  ],
  "a 401": [
    { type: "status", status: 401, code: "UNAUTHORIZED", message: "authentication required" },
    /\[UNAUTHORIZED\]$/,
  ],
  "a 403": [{ type: "status", status: 403, code: "DENIED", message: "denied" }, /\[DENIED\]$/],
  "a 429": [{ type: "status", status: 429, headers: { "retry-after": "1" } }, /\[THROTTLED\]$/],
  "a 500": [{ type: "status", status: 500 }, /\[UNAVAILABLE\]$/],
  "a 503 with HTML": [
    { type: "status", status: 503, body: PORTAL, headers: HTML },
    /\[UNAVAILABLE\]$/,
  ],
  "a connection that is cut": [{ type: "reset" }, /\[UNAVAILABLE\]$/],
  "an answer that is cut": [{ type: "truncate", bytes: 10 }, /\[\w+\]$/],
  "an answer that never comes": [{ type: "stall" }, /\[STALLED\]$/],
};

/** Failures in the body, which the answer to a HEAD does not have. */
const NEED_A_BODY = ["a 404 of another code", "a captive portal's 200", "an answer that is cut"];

describe("a refresh keeps the state after", () => {
  let emulator: Emulator;
  let somebody: Somebody;
  let engine: MiniEngine;

  beforeEach(async () => {
    emulator = await startEmulator();
    somebody = new Somebody(emulator, REPOSITORY);
    engine = new MiniEngine({ environment: environmentFor(emulator) });
  });
  afterEach(async () => {
    emulator.faults.clear();
    somebody.close();
    await emulator.close();
  });

  const artifact = (): Bag => ({
    artifactType: "application/vnd.example",
    layers: [{ content: "text" }],
    tags: ["v1"],
    lock: true,
    verify: "blobs",
  });
  const PLACES: Readonly<Record<string, Place>> = {
    "the manifest": { kind: "OciArtifact", inputs: artifact, path: /^\/(?:v2|acr)\// },
    "the tags": { kind: "OciArtifact", inputs: artifact, path: /\/_tags/ },
    "the blobs": { kind: "OciArtifact", inputs: artifact, path: /\/blobs\// },
    "a locked tag": {
      kind: "TagLock",
      inputs: () => ({ tag: "theirs" }),
      path: /^\/(?:v2|acr)\//,
    },
    "a locked tag's manifest": {
      kind: "TagLock",
      inputs: () => ({ tag: "theirs" }),
      path: /\/_manifests\//,
    },
    "a manifest's properties": {
      kind: "ManifestProperties",
      inputs: (digest) => ({ digest, deleteEnabled: false }),
      path: /^\/(?:v2|acr)\//,
    },
    "a tag": {
      kind: "ArtifactTag",
      inputs: (digest) => ({ tag: "ours", digest }),
      path: /^\/(?:v2|acr)\//,
    },
    "a repository's properties": {
      kind: "RepositoryProperties",
      inputs: () => ({ deleteEnabled: false }),
      path: /^\/(?:v2|acr)\//,
    },
  };

  for (const [place, { kind, inputs, path }] of Object.entries(PLACES)) {
    for (const [name, [action, code]] of Object.entries(FAILURES)) {
      if (place === "the blobs" && NEED_A_BODY.includes(name)) continue;
      it(`${name} when reading ${place}`, async () => {
        const theirs = await somebody.publish("theirs", "theirs");
        const declared = { repository: REPOSITORY, ...inputs(theirs) };
        const program: Program = [{ name: "app", kind, inputs: declared }];
        await engine.up(program);
        const before = engine.state;
        engine.manners = mannersFor(action);
        emulator.faults.add({ path, times: Infinity, action });
        await assert.rejects(engine.refresh(), (error: Error) => {
          assert.match(error.message, code);
          assert.match(error.message, /team\/app|127\.0\.0\.1:\d+/);
          assert.doesNotMatch(error.message, /undefined|\[object/);
          return true;
        });
        assert.deepEqual(engine.state, before);
        emulator.faults.clear();
        emulator.journal.clear();
        const again = await engine.up(program);
        assert.deepEqual([again.operations, requestsTo(emulator)], [{ app: "same" }, []]);
      });
    }
  }
});

/** Only the lasting silence gets a short timeout: a busy machine may cause short silences. */
function mannersFor({ type }: Action): ClientManners {
  const retry = { maxRetries: 1, baseDelayMs: 1, budgetMs: 50 };
  return type === "stall" ? { retry, idleTimeoutMs: 200 } : { retry };
}

interface Place {
  readonly kind: Kind;
  readonly inputs: (theirs: string) => Bag;
  readonly path: RegExp;
}
