import assert from "node:assert/strict";
import { buffer } from "node:stream/consumers";
import { describe, it } from "mocha";
import type { FaultAction } from "../../../emulator/index.js";
import { hasCode } from "../../../provider/errors.js";
import { forgetUploads } from "../../support/openUploads.js";
import {
  encodeManifest,
  OCI_INDEX,
  parseTag,
  type Repository,
} from "../../../provider/registry/index.js";
import { seededBlob } from "./seededBlob.js";
import { emulatorForSuite } from "../../support/emulatorForSuite.js";

const KIB = 1024;
const V1 = parseTag("v1");
const INDEX = encodeManifest({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [] });
const TINY = seededBlob(1_000);
const SMALL = seededBlob(200 * KIB);
const LARGE = seededBlob(1_000 * KIB);

/** An operation, and what must be true after it in any case. */
const operations: Readonly<
  Record<string, { prepare?(on: Repository): Promise<unknown>; run(on: Repository): Promise<void> }>
> = {
  "push a tiny blob": {
    run: async ({ blobs }) => {
      await blobs.push(TINY);
      assert.deepEqual(await buffer(await blobs.fetch(TINY.descriptor)), TINY.content);
    },
  },
  "push a small blob": {
    run: async ({ blobs }) => {
      await blobs.push(SMALL);
      assert.deepEqual(await buffer(await blobs.fetch(SMALL.descriptor)), SMALL.content);
    },
  },
  "push a blob in chunks": {
    run: async ({ blobs }) => {
      await blobs.push(LARGE);
      assert.deepEqual(await buffer(await blobs.fetch(LARGE.descriptor)), LARGE.content);
    },
  },
  "push a manifest": {
    run: async ({ manifests }) => {
      await manifests.push(INDEX, { tag: V1 });
      assert.equal((await manifests.resolve(V1))?.digest, INDEX.descriptor.digest);
    },
  },
  "look up what is absent": {
    prepare: ({ manifests }) => manifests.push(INDEX),
    run: async ({ manifests, blobs, attributes }) => {
      assert.equal(await manifests.resolve(parseTag("absent")), undefined);
      assert.equal(await manifests.fetch(parseTag("absent")), undefined);
      assert.equal(await attributes.tag(parseTag("absent")), undefined);
      assert.equal(await blobs.exists(seededBlob(3).descriptor.digest), false);
    },
  },
  "list and lock": {
    prepare: ({ manifests }) => manifests.push(INDEX, { tag: V1 }),
    run: async ({ tags, attributes, referrers }) => {
      for await (const tag of tags.list()) assert.equal(tag, "v1");
      for await (const referrer of referrers.list(INDEX.descriptor.digest))
        assert.fail(referrer.digest);
      await attributes.updateTag(V1, { writeEnabled: false });
      assert.equal((await attributes.tag(V1))?.attributes.writeEnabled, false);
    },
  },
  delete: {
    prepare: ({ manifests }) => manifests.push(INDEX, { tag: V1 }),
    run: async ({ tags, manifests }) => {
      // The retry of a deletion whose answer was lost finds nothing to delete.
      await tags.delete(V1);
      await manifests.delete(INDEX.descriptor.digest);
      assert.equal(await manifests.resolve(INDEX.descriptor.digest), undefined);
    },
  },
};

const actions: Readonly<Record<string, FaultAction>> = {
  "is reset": { type: "reset" },
  "is cut in the body": { type: "resetAfter", bytes: 100 },
  "is answered 500": { type: "status", status: 500 },
  "is answered 503": { type: "status", status: 503, headers: { "retry-after": "0" } },
  "is answered 429": { type: "status", status: 429, code: "TOOMANYREQUESTS" },
  "is applied without an answer": { type: "dropAnswer" },
  "is never answered": { type: "stall" },
  "is answered in part": { type: "truncate", bytes: 1 },
};

describe("one fault at any request", function () {
  this.timeout(60_000);
  const subject = emulatorForSuite();
  let repositories = 0;

  for (const [doing, operation] of Object.entries(operations)) {
    for (const [happens, action] of Object.entries(actions)) {
      it(`${doing}: whichever request ${happens}, the result is the same`, async () => {
        for (let nth = 1; ; nth += 1) {
          const name = `faults/r${(repositories += 1)}`;
          // Only with silence as the fault may a busy machine's pause count as one.
          const idleTimeoutMs = action.type === "stall" ? 300 : 30_000;
          const client = subject.client({ chunkSize: 256 * KIB, idleTimeoutMs });
          const before = subject.emulator.openUploads();
          await operation.prepare?.(client.repository(name));
          const fault = subject.emulator.faults.add({ path: /^\/(?:v2|acr)\/|blobs/, nth, action });
          await operation.run(client.repository(name));
          const { hits } = fault;
          const met = subject.emulator.journal.entries.find((entry) => entry.fault !== undefined);
          // What an upload request did before it broke moved the session on, to a Location that only
          // the lost answer had: such a session expires by itself.
          const moved = met?.method === "POST" || met?.method === "PATCH" || met?.method === "PUT";
          const left = subject.emulator.openUploads() - before;
          const cancelled = left <= (moved ? 1 : 0) || action.type === "stall";
          assert.ok(cancelled, `request ${nth} (${met?.method}) left ${left} uploads open`);
          forgetUploads();
          subject.reset();
          if (hits === 0) return;
        }
      });
    }
  }
});

describe("faults that stay", () => {
  const subject = emulatorForSuite();
  const errors: readonly [
    name: string,
    action: FaultAction,
    code: Parameters<typeof hasCode>[1],
  ][] = [
    [
      "a portal's 404",
      { type: "status", status: 404, body: "<html>", headers: { "content-type": "text/html" } },
      "REJECTED",
    ],
    [
      "a portal's page",
      { type: "status", status: 200, body: "<html>", headers: { "content-type": "text/html" } },
      "PROTOCOL",
    ],
    ["401", { type: "status", status: 401, code: "UNAUTHORIZED" }, "UNAUTHORIZED"],
    ["403", { type: "status", status: 403, code: "DENIED" }, "DENIED"],
    ["500", { type: "status", status: 500 }, "UNAVAILABLE"],
    ["resets", { type: "reset" }, "UNAVAILABLE"],
  ];
  const reads: Readonly<Record<string, (on: Repository) => Promise<unknown>>> = {
    "a manifest": ({ manifests }) => manifests.fetch(V1),
    "a tag": ({ attributes }) => attributes.tag(V1),
    tags: ({ tags }) => tags.list()[Symbol.asyncIterator]().next(),
    referrers: ({ referrers }) =>
      referrers.list(INDEX.descriptor.digest)[Symbol.asyncIterator]().next(),
  };
  for (const [name, action, code] of errors) {
    for (const [what, read] of Object.entries(reads)) {
      it(`reading ${what} through ${name} is ${code}, never "absent"`, async () => {
        const repository = subject
          .client({ retry: { maxRetries: 1, baseDelayMs: 1 } })
          .repository("stay/a");
        subject.emulator.faults.add({ path: /^\/(?:v2|acr)\//, times: Infinity, action });
        await assert.rejects(read(repository), (error) => hasCode(error, code));
      });
    }
  }

  it("never delivers corrupt content", async () => {
    const repository = subject.client().repository("stay/b");
    await repository.blobs.push(SMALL);
    subject.emulator.faults.add({
      server: "storage",
      times: Infinity,
      action: { type: "corrupt" },
    });
    await assert.rejects(
      async () => buffer(await repository.blobs.fetch(SMALL.descriptor)),
      (error) => hasCode(error, "DIGEST_MISMATCH"),
    );
  });

  it("cancels the session of an aborted upload", async () => {
    const repository = subject
      .client({ chunkSize: 256 * KIB, idleTimeoutMs: 60_000 })
      .repository("stay/c");
    const controller = new AbortController();
    subject.emulator.faults.add({ method: "PATCH", nth: 2, action: { type: "stall" } });
    await assert.rejects(
      repository.blobs.push(LARGE, {
        signal: controller.signal,
        onProgress: (sent) => {
          if (sent > 256 * KIB) controller.abort();
        },
      }),
      (error) => hasCode(error, "ABORTED"),
    );
    assert.equal(subject.emulator.openUploads(), 0);
  });

  it("does not commit content that changed, and cancels the upload", async () => {
    const repository = subject.client({ chunkSize: 256 * KIB }).repository("stay/d");
    const changed = seededBlob(1_000 * KIB, {
      seed: 9,
      spoil: (bytes) => Buffer.from(bytes).fill(0, 900 * KIB),
    });
    await assert.rejects(repository.blobs.push(changed), (error) =>
      hasCode(error, "DIGEST_MISMATCH"),
    );
    assert.match(subject.methods, /^HEAD POST(?: PATCH){4} DELETE$/);
    // The last chunk moved the session on, so its address is no longer known.
    forgetUploads();
    assert.equal(await repository.blobs.exists(changed.descriptor.digest), false);
  });
});
