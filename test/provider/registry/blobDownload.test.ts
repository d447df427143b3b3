import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, it } from "mocha";
import { hasCode } from "../../../provider/errors.js";
import { parseRepositoryName } from "../../../provider/oci/reference.js";
import { downloadBlob, fileBlob } from "../../../provider/registry/blobFile.js";
import { RemoteBlobs } from "../../../provider/registry/remoteBlobs.js";
import { uploadSettings } from "../../../provider/registry/uploadSettings.js";
import { loopbackRegistry } from "../http/loopbackRegistry.js";
import { FakeTransport, refusal, type Recorded, type Reply } from "./fakeTransport.js";
import { seededBlob } from "./seededBlob.js";

const BLOB = seededBlob(1_000);
const RESET = Object.assign(new Error("aborted"), { code: "ECONNRESET" });

function blobs(answer: (request: Recorded, count: number) => Reply): {
  transport: FakeTransport;
  store: RemoteBlobs;
} {
  const transport = new FakeTransport(answer);
  const context = { transport, repository: parseRepositoryName("a"), actions: [] };
  return {
    transport,
    store: new RemoteBlobs(context, uploadSettings({ pause: () => Promise.resolve() })),
  };
}

/** A body that ends after `count` bytes, with an error if there is one. */
function cutAfter(content: Buffer, count: number, error?: Error): () => Readable {
  return () => {
    function* pieces(): Generator<Buffer> {
      yield content.subarray(0, count);
      if (error !== undefined) throw error;
    }
    return Readable.from(pieces(), { objectMode: false });
  };
}

const startOf = ({ headers }: Recorded): number =>
  Number(/^bytes=(\d+)-$/.exec(headers?.["range"] ?? "bytes=0-")?.[1]);

/** Answers of a server that supports ranges. */
function partial(start: number, body: Reply["body"]): Reply {
  if (start === 0) return { status: 200, headers: { "content-length": "1000" }, body };
  return { status: 206, headers: { "content-range": `bytes ${start}-999/1000` }, body };
}

describe("fetch of a blob", () => {
  it("follows the redirect to storage, and asks for pull", async () => {
    const { transport, store } = blobs(() => partial(0, BLOB.content));
    assert.deepEqual(await buffer(await store.fetch(BLOB.descriptor)), BLOB.content);
    assert.equal(transport.requests[0]?.followRedirect, true);
    assert.deepEqual(transport.requests[0].scopes, [
      { type: "repository", repository: "a", actions: ["pull"] },
    ]);
  });

  it("resumes wherever it is cut, without losing or repeating bytes", async () => {
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: 999 }), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(cuts, fc.boolean(), async (places, ranges) => {
        const ends = [...places.sort((a, b) => a - b)];
        const { transport, store } = blobs((request) => {
          const start = ranges ? startOf(request) : 0;
          const end = ends.shift();
          const rest = BLOB.content.subarray(start);
          const body = end === undefined ? rest : cutAfter(rest, end - start, RESET);
          return partial(start, body);
        });
        assert.deepEqual(await buffer(await store.fetch(BLOB.descriptor)), BLOB.content);
        assert.deepEqual(transport.requests.map(startOf), [0, ...places]);
      }),
      { numRuns: 50 },
    );
  });

  it("gives up after five cuts without progress", async () => {
    const { transport, store } = blobs((request) =>
      partial(startOf(request), cutAfter(BLOB.content, startOf(request) === 0 ? 10 : 0, RESET)),
    );
    await assert.rejects(buffer(await store.fetch(BLOB.descriptor)), RESET);
    assert.equal(transport.requests.length, 6);
  });

  const broken: readonly [name: string, second: Reply, code: Parameters<typeof hasCode>[1]][] = [
    [
      "a range that begins elsewhere",
      { status: 206, headers: { "content-range": "bytes 5-999/1000" } },
      "PROTOCOL",
    ],
    [
      "a range of another size",
      { status: 206, headers: { "content-range": "bytes 10-1999/2000" } },
      "PROTOCOL",
    ],
    ["a range that is none", { status: 206, headers: {} }, "PROTOCOL"],
    ["other bytes in the second part", partial(10, Buffer.alloc(990)), "DIGEST_MISMATCH"],
    ["fewer bytes in the second part", partial(10, Buffer.alloc(9)), "SIZE_MISMATCH"],
    ["more bytes in the second part", partial(10, Buffer.alloc(2_000)), "SIZE_MISMATCH"],
  ];
  for (const [name, second, code] of broken) {
    it(`fails for ${name}`, async () => {
      const first = partial(0, cutAfter(BLOB.content, 10, RESET));
      const { store } = blobs((_request, count) => (count === 0 ? first : second));
      const content = await store.fetch(BLOB.descriptor);
      await assert.rejects(buffer(content), (error) => hasCode(error, code));
    });
  }

  it("fails at once if the registry's size differs", async () => {
    const { store } = blobs(() => ({ status: 200, headers: { "content-length": "999" } }));
    await assert.rejects(store.fetch(BLOB.descriptor), (error) => hasCode(error, "SIZE_MISMATCH"));
  });

  for (const code of ["NOT_FOUND", "DENIED", "UNAVAILABLE"] as const) {
    it(`rejects with ${code} before there is a stream`, async () => {
      const { store } = blobs(() => {
        throw refusal(code, undefined);
      });
      await assert.rejects(store.fetch(BLOB.descriptor), (error) => hasCode(error, code));
    });
  }

  it("is not resumed after an error other than a cut", async () => {
    const aborted = Object.assign(new Error("stop"), { name: "AbortError", code: "ABORT_ERR" });
    const { transport, store } = blobs(() => partial(0, cutAfter(BLOB.content, 10, aborted)));
    await assert.rejects(buffer(await store.fetch(BLOB.descriptor)));
    assert.equal(transport.requests.length, 1);
  });

  it("closes the connection when the reader stops", async () => {
    let closed = false;
    const endless = new Readable({
      read() {
        this.push(Buffer.alloc(100));
      },
      destroy(error, done) {
        closed = true;
        done(error);
      },
    });
    const { store } = blobs(() => partial(0, () => endless));
    const content = await store.fetch({ ...BLOB.descriptor, size: 1_000 });
    content.on("error", () => undefined);
    const gone = new Promise<void>((resolve) => endless.once("close", resolve));
    content.once("data", () => content.destroy());
    await gone;
    assert.equal(closed, true);
  });
});

describe("a download that is given up", () => {
  it("ends at once, even while the registry is silent", async () => {
    const ended = Promise.withResolvers<undefined>();
    const { server, transport } = await loopbackRegistry((_, response) => {
      response.writeHead(200, { "content-length": "1000" }).write(BLOB.content.subarray(0, 400));
      response.once("close", () => ended.resolve(undefined));
    });
    const context = { transport, repository: parseRepositoryName("a"), actions: [] };
    const store = new RemoteBlobs(context, uploadSettings({ pause: () => Promise.resolve() }));
    const content = await store.fetch(BLOB.descriptor);
    // By the next turn of the event loop, the reader waits for more.
    content.once("data", () => setImmediate(() => content.destroy()));
    await ended.promise;
    assert.equal(server.seen.filter(({ url }) => url.includes("/blobs/")).length, 1);
  });
});

describe("downloadBlob", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "download-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("writes the file if everything is right", async () => {
    const { store } = blobs(() => partial(0, BLOB.content));
    await downloadBlob(store, BLOB.descriptor, join(folder, "x"));
    assert.deepEqual(readFileSync(join(folder, "x")), BLOB.content);
    assert.deepEqual(readdirSync(folder), ["x"]);
  });

  it("keeps the existing file, and leaves nothing else, if something is wrong", async () => {
    writeFileSync(join(folder, "x"), "old");
    const { store } = blobs(() => partial(0, Buffer.alloc(1_000)));
    await assert.rejects(downloadBlob(store, BLOB.descriptor, join(folder, "x")), (error) =>
      hasCode(error, "DIGEST_MISMATCH"),
    );
    assert.equal(readFileSync(join(folder, "x"), "utf8"), "old");
    assert.deepEqual(readdirSync(folder), ["x"]);
  });

  it("ends at an abort", async () => {
    const calling = new AbortController();
    const { store } = blobs(() => partial(0, () => new Readable({ read: () => calling.abort() })));
    const options = { signal: calling.signal };
    await assert.rejects(downloadBlob(store, BLOB.descriptor, join(folder, "x"), options), {
      code: "ABORTED",
    });
    assert.deepEqual(readdirSync(folder), []);
  });

  it("reports an error of the disk", async () => {
    const path = join(folder, "none", "x");
    const { store } = blobs(() => partial(0, BLOB.content));
    await assert.rejects(downloadBlob(store, BLOB.descriptor, path), {
      code: "TARGET_UNWRITABLE",
      message: /^cannot write ".*none\/x.*": ENOENT$/,
    });
  });
});

describe("fileBlob", () => {
  it("ends at an abort", async () => {
    const options = { signal: AbortSignal.abort() };
    await assert.rejects(fileBlob(__filename, {}, options), { code: "ABORTED" });
  });
});
