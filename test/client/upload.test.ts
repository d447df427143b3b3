import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { startEmulator } from "../../emulator/index.js";
import { hasCode } from "../../provider/errors.js";
import { type Clock, systemClock } from "../../provider/http/clock.js";
import { chunksOf } from "../../provider/registry/streamUpload.js";
import { type BlobStore, RegistryClient } from "../../provider/registry/index.js";
import { seededBlob } from "../provider/registry/seededBlob.js";
import { emulatorForSuite } from "../support/emulatorForSuite.js";

const KIB = 1024;
/** Several chunks of {@link CHUNK}, the last one shorter. */
const LONG = seededBlob(5 * 100 * KIB + 1);
const CHUNK = 100 * KIB;

describe("upload of a stream", function () {
  this.timeout(20_000);
  const subject = emulatorForSuite();
  const open = (): Readable => Readable.from(piecesOf(LONG.content, 30_000), { objectMode: false });
  const store = (chunkSize = CHUNK): BlobStore =>
    subject.client({ chunkSize }).repository("up/load").blobs;
  const forget = async (blobs: BlobStore): Promise<void> => {
    await blobs.delete(LONG.descriptor.digest);
    subject.emulator.journal.clear();
  };

  for (const size of [0, 1, 1_000, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK]) {
    it(`uploads ${size} bytes and computes their digest`, async () => {
      const blob = seededBlob(size);
      const blobs = store();
      const progress: number[] = [];
      const uploaded = await blobs.upload(Readable.from(piecesOf(blob.content, 7_001)), {
        mediaType: "text/plain",
        onProgress: (sent) => progress.push(sent),
      });
      assert.deepEqual(uploaded, { ...blob.descriptor, mediaType: "text/plain" });
      assert.equal(progress.at(-1), size);
      assert.deepEqual(await buffer(await blobs.fetch(uploaded.digest)), blob.content);
    });
  }

  it("pushes bytes in memory like a blob", async () => {
    const blob = seededBlob(500);
    const { digest, size } = await store().upload(blob.content);
    assert.deepEqual({ digest, size }, { digest: blob.descriptor.digest, size: 500 });
    assert.equal(subject.methods, "POST");
  });

  for (const [name, length] of [
    ["from its beginning", 0],
    ["within a chunk", CHUNK / 2],
    ["within its session", 3 * CHUNK],
  ] as const) {
    for (const kind of ["a stream", "an iterable"] as const) {
      it(`ends when aborted, even if ${kind} is silent ${name}`, async () => {
        const controller = new AbortController();
        const source = silentAfter(LONG.content.subarray(0, length), () => controller.abort());
        const content = kind === "a stream" ? Readable.from(source) : source;
        const upload = store().upload(content, { signal: controller.signal });
        await assert.rejects(upload, (error) => hasCode(error, "ABORTED"));
        assert.equal(subject.emulator.openUploads(), 0);
        if (content instanceof Readable) assert.ok(content.destroyed);
      });
    }
  }

  for (const kind of ["a stream", "a blob"] as const) {
    it(`ends when its client is closed, even while ${kind} is silent`, async () => {
      const client = subject.client();
      const { blobs } = client.repository("up/load");
      const source = Readable.from(silentAfter(new Uint8Array(), () => client.close()));
      const { descriptor } = seededBlob(1_234, { seed: 2 });
      const upload =
        kind === "a stream" ? blobs.upload(source) : blobs.push({ descriptor, open: () => source });
      await assert.rejects(upload, (error) => hasCode(error, "ABORTED"));
    });
  }

  it("ends when its client is closed while it waits before a retry", async () => {
    const timer: Clock["timer"] = (run, ms) => {
      if (ms > 300_000) client.close();
      return systemClock.timer(run, ms);
    };
    const client = subject.client({
      chunkSize: CHUNK,
      retry: { maxRetries: 0, baseDelayMs: 900_000, maxDelayMs: 900_000 },
      clock: { now: () => systemClock.now(), timer },
    });
    const blob = seededBlob(5 * CHUNK, { seed: 2 });
    const fault = subject.emulator.faults.add({ method: "PATCH", action: { type: "reset" } });
    const pushing = client.repository("up/load").blobs.push(blob);
    await assert.rejects(pushing, (error) => hasCode(error, "ABORTED"));
    assert.equal(fault.hits, 1);
  });

  for (const [name, rule] of [
    ["a chunk does not arrive", { method: "PATCH", nth: 2, action: { type: "reset" } }],
    ["the answer to a chunk is lost", { method: "PATCH", nth: 3, action: { type: "dropAnswer" } }],
    ["a chunk is cut", { method: "PATCH", nth: 2, action: { type: "resetAfter", bytes: 40_000 } }],
    ["the registry is busy", { method: "PATCH", nth: 2, action: { type: "status", status: 503 } }],
    ["the last answer is lost", { method: "PUT", action: { type: "dropAnswer" } }],
    ["the last request is lost", { method: "PUT", action: { type: "reset" } }],
  ] as const) {
    it(`continues when ${name}`, async () => {
      const blobs = store();
      await forget(blobs);
      const fault = subject.emulator.faults.add(rule);
      const { digest } = await blobs.upload(open());
      assert.equal(fault.hits, 1);
      assert.equal(digest, LONG.descriptor.digest);
      assert.deepEqual(await buffer(await blobs.fetch(digest)), LONG.content);
      assert.equal(subject.emulator.openUploads(), 0);
    });
  }

  it("sends smaller chunks if a proxy refuses a large one", async () => {
    const emulator = await startEmulator({ chunkSizeLimit: 70 * KIB });
    const registry = new RegistryClient(emulator.url, {
      credential: { kind: "token", ...emulator.credentials },
      chunkSize: 200 * KIB,
      retry: { baseDelayMs: 1 },
    });
    try {
      const { blobs } = registry.repository("up/load");
      const { digest } = await blobs.upload(open());
      assert.deepEqual(await buffer(await blobs.fetch(digest)), LONG.content);
      const refused = emulator.journal.entries.filter(({ status }) => status === 413);
      assert.equal(refused.length, 1);
    } finally {
      registry.close();
      await emulator.close();
    }
  });

  for (const [name, type] of [
    ["the answer to a chunk is lost", "dropAnswer"],
    ["a chunk does not arrive", "reset"],
  ] as const) {
    it(`says what to do when ${name} and the session is lost`, async () => {
      const blobs = store();
      await forget(blobs);
      const fault = subject.emulator.faults.add({ method: "PATCH", nth: 3, action: { type } });
      // As the service was reported to answer in 2023 (azure-sdk-for-js#25448).
      const lost = { type: "status", status: 404, code: "BLOB_UPLOAD_INVALID" } as const;
      const question = { method: "GET", path: /\/blobs\/uploads\//, action: lost };
      subject.emulator.faults.add(question);
      await assert.rejects(blobs.upload(open()), (error) => {
        assert.match(String(error), /a stream cannot be read again: .* push a file or bytes/);
        return hasCode(error, "UNAVAILABLE");
      });
      assert.equal(fault.hits, 1);
      assert.equal(await blobs.exists(LONG.descriptor.digest), false);
      assert.equal(subject.emulator.openUploads(), 0);
    });
  }

  it("ends with the source's own error, and cancels the session", async () => {
    const blobs = store();
    const wrong = new Error("the disk is gone");
    const failing = async function* (): AsyncGenerator<Buffer> {
      yield LONG.content.subarray(0, 3 * CHUNK);
      throw wrong;
    };
    const before = subject.emulator.openUploads();
    await assert.rejects(blobs.upload(failing()), (error) => error === wrong);
    assert.equal(subject.emulator.openUploads(), before);
    assert.equal(subject.requests.at(-1)?.split(" ")[0], "DELETE");
  });

  it("ends at an abort and cancels the session", async () => {
    const calling = new AbortController();
    const upload = store().upload(open(), {
      signal: calling.signal,
      onProgress: () => calling.abort(),
    });
    await assert.rejects(upload, (error) => hasCode(error, "ABORTED"));
    assert.equal(subject.requests.at(-1)?.split(" ")[0], "DELETE");
  });

  it("closes a source that it does not read to the end", async () => {
    let closed = false;
    const endless = async function* (): AsyncGenerator<Buffer> {
      try {
        for (;;) yield LONG.content;
      } finally {
        closed = true;
      }
    };
    subject.emulator.faults.add({
      method: "PATCH",
      action: { type: "status", status: 403, code: "DENIED", message: "no" },
    });
    await assert.rejects(store().upload(endless()), (error) => hasCode(error, "DENIED"));
    assert.equal(closed, true);
  });
});

describe("chunks of a stream", () => {
  it("contain the same bytes, in pieces of equal size", async () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(sizes, fc.integer({ min: 1, max: 40 }), async (pieces, size) => {
        const whole = Buffer.from(Array.from({ length: pieces.reduce(sum, 0) }, (_, at) => at));
        let at = 0;
        const parts = pieces.map((length) => whole.subarray(at, (at += length)));
        const chunks: Uint8Array[] = [];
        for await (const chunk of chunksOf(Readable.from(parts), size)) chunks.push(chunk);
        assert.deepEqual(Buffer.concat(chunks), whole);
        assert.ok(chunks.slice(0, -1).every(({ length }) => length === size));
        assert.ok(chunks.every(({ length }) => length > 0 && length <= size));
      }),
    );
  });
});

function sum(total: number, one: number): number {
  return total + one;
}

function* piecesOf(content: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
}

/** Calls back when more than its content is read, and then stays silent. */
async function* silentAfter(content: Uint8Array, asked: () => void): AsyncGenerator<Uint8Array> {
  if (content.length > 0) yield content;
  asked();
  await new Promise(() => undefined);
}
