import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { describe, it } from "mocha";
import { hasCode, IntegrityError, RegistryError } from "../../../provider/errors.js";
import { blobsOf, FakeRegistry, KIB, MIB, UPLOADS } from "./fakeRegistry.js";
import { ACR, OTHER, refusal, type Recorded, type Reply } from "./fakeTransport.js";
import { seededBlob } from "./seededBlob.js";

describe("push of a blob through failures", () => {
  const SIZE = 20 * MIB;
  const nth = (method: string, count: number, fault: Reply | Error | "drop") => {
    let seen = 0;
    return (request: Recorded) => {
      if (request.method === method && !request.path.includes("uploads/?")) seen += 1;
      return request.method === method && seen === count ? ((seen += 1), fault) : undefined;
    };
  };
  const cut = refusal("UNAVAILABLE", undefined);
  const careful = "PATCH PATCH PATCH PATCH PATCH PUT";
  const rows: readonly [name: string, fault: ReturnType<typeof nth>, methods: string][] = [
    ["a cut PATCH", nth("PATCH", 1, cut), `HEAD POST PATCH DELETE HEAD POST ${careful}`],
    [
      "an answer to PATCH that is lost",
      nth("PATCH", 1, "drop"),
      `HEAD POST PATCH DELETE HEAD POST ${careful}`,
    ],
    [
      "an answer to PUT that is lost",
      nth("PUT", 1, "drop"),
      "HEAD POST PATCH PATCH PUT HEAD DELETE",
    ],
    [
      "a stalled PATCH",
      nth("PATCH", 1, refusal("STALLED", undefined)),
      "HEAD POST PATCH DELETE HEAD POST PATCH PATCH PUT",
    ],
    [
      "a forgotten session",
      nth("PATCH", 2, refusal("NOT_FOUND", 404, "BLOB_UPLOAD_UNKNOWN")),
      "HEAD POST PATCH PATCH DELETE HEAD POST PATCH PATCH PUT",
    ],
    [
      "an invalid session",
      nth("PATCH", 2, refusal("REJECTED", 404, "BLOB_UPLOAD_INVALID")),
      "HEAD POST PATCH PATCH DELETE HEAD POST PATCH PATCH PUT",
    ],
    [
      "a range out of order",
      nth("PATCH", 2, refusal("REJECTED", 416)),
      "HEAD POST PATCH PATCH DELETE HEAD POST PATCH PATCH PUT",
    ],
    [
      "a digest that came out wrong",
      nth("PUT", 1, refusal("REJECTED", 400, "DIGEST_INVALID")),
      "HEAD POST PATCH PATCH PUT DELETE HEAD POST PATCH PATCH PUT",
    ],
    [
      "413",
      nth("PATCH", 1, refusal("REJECTED", 413)),
      `HEAD POST PATCH DELETE HEAD POST ${careful}`,
    ],
    [
      "500 that outlived the retries",
      nth("PATCH", 1, refusal("UNAVAILABLE", 500)),
      `HEAD POST PATCH DELETE HEAD POST ${careful}`,
    ],
    [
      "fewer bytes held than sent",
      nth("PATCH", 1, { status: 202, headers: { location: `${UPLOADS}1`, range: "0-99" } }),
      "HEAD POST PATCH DELETE HEAD POST PATCH PATCH PUT",
    ],
    [
      "more bytes held than sent",
      nth("PATCH", 1, { status: 202, headers: { location: `${UPLOADS}1`, range: `0-${SIZE}` } }),
      "HEAD POST PATCH DELETE HEAD POST PATCH PATCH PUT",
    ],
    [
      "a range that is none",
      nth("PATCH", 1, { status: 202, headers: { location: `${UPLOADS}1`, range: "x" } }),
      "HEAD POST PATCH DELETE HEAD POST PATCH PATCH PUT",
    ],
  ];
  for (const [name, fault, methods] of rows) {
    it(`survives ${name}`, async () => {
      const registry = new FakeRegistry(ACR, fault);
      const blob = seededBlob(SIZE, { piece: MIB });
      assert.equal(await blobsOf(registry.transport).push(blob), "uploaded");
      assert.equal(registry.transport.methods, methods);
      assert.ok(registry.holds(blob));
    });
  }

  const finals: readonly [name: string, error: Error, code: Parameters<typeof hasCode>[1]][] = [
    ["401", refusal("UNAUTHORIZED", 401, "UNAUTHORIZED"), "UNAUTHORIZED"],
    ["403", refusal("DENIED", 403, "DENIED"), "DENIED"],
    ["429 that did not end", refusal("THROTTLED", 429), "THROTTLED"],
    ["a lock", refusal("LOCKED", 405, "REGISTRY_DISALLOWED_OPERATION"), "LOCKED"],
    ["a 404 page", refusal("REJECTED", 404), "REJECTED"],
  ];
  for (const [name, error, code] of finals) {
    it(`fails with ${name}, and cancels the session`, async () => {
      const registry = new FakeRegistry(ACR, ({ method }) =>
        method === "PATCH" ? error : undefined,
      );
      await assert.rejects(blobsOf(registry.transport).push(seededBlob(SIZE)), (e) =>
        hasCode(e, code),
      );
      assert.equal(registry.transport.methods, "HEAD POST PATCH DELETE");
    });
  }

  it("gives up after five attempts, and says how far it came", async () => {
    const registry = new FakeRegistry(ACR, ({ method }) => (method === "PATCH" ? cut : undefined));
    await assert.rejects(
      blobsOf(registry.transport).push(seededBlob(SIZE)),
      (error) =>
        error instanceof RegistryError &&
        error.code === "UNAVAILABLE" &&
        /gave up after 5 attempts, the last one at \d+ of 20971520 bytes/.test(error.message),
    );
    assert.equal(registry.transport.methods.match(/PATCH/g)?.length, 5);
    assert.equal(registry.cancelled.length, 5);
  });

  for (const [kind, marks, size] of [
    ["ACR, a small blob", ACR, 2.5 * MIB],
    ["ACR, a large blob", ACR, SIZE],
    ["another registry, a small blob", OTHER, 2.5 * MIB],
    ["another registry, a large blob", OTHER, SIZE],
  ] as const) {
    it(`succeeds through a proxy that accepts 1 MiB at a time (${kind})`, async () => {
      const refused: number[] = [];
      const registry = new FakeRegistry(marks, ({ sent }) => {
        if (sent.length <= MIB) return undefined;
        refused.push(sent.length);
        return refusal("REJECTED", 413);
      });
      const blob = seededBlob(size, { piece: MIB });
      assert.equal(await blobsOf(registry.transport).push(blob), "uploaded");
      assert.ok(registry.holds(blob));
      assert.deepEqual(
        refused,
        [...new Set(refused)].sort((a, b) => b - a),
      );
    });
  }

  it("gives up if the smallest body is refused, or a body as large was accepted before", async () => {
    const refusing = (least: number) => {
      const sizes: number[] = [];
      const registry = new FakeRegistry(ACR, ({ method, sent }, count) => {
        if (method === "PATCH") sizes.push(sent.length);
        return method === "PATCH" && count >= least ? refusal("REJECTED", 413) : undefined;
      });
      return { sizes, push: blobsOf(registry.transport, { attempts: 9 }).push(seededBlob(SIZE)) };
    };
    const never = refusing(0);
    await assert.rejects(never.push, { status: 413 });
    assert.deepEqual(
      never.sizes.map((size) => size / KIB),
      [16 * 1024, 4 * 1024, 1024, 256, 64],
    );
    const second = refusing(3);
    await assert.rejects(second.push, { status: 413 });
    assert.deepEqual(second.sizes, [16 * MIB, 4 * MIB]);
  });

  it("switches from one body to chunks if a proxy refuses it", async () => {
    const registry = new FakeRegistry(OTHER, ({ method, sent }) =>
      method === "PUT" && sent.length > 4 * MIB ? refusal("REJECTED", 413) : undefined,
    );
    const blob = seededBlob(9 * MIB, { piece: MIB });
    await blobsOf(registry.transport).push(blob);
    assert.equal(
      registry.transport.methods,
      "HEAD POST PUT DELETE HEAD POST PATCH PATCH PATCH PUT",
    );
    assert.ok(registry.holds(blob));
  });

  it("does not commit or retry content that changed, and cancels the session", async () => {
    const registry = new FakeRegistry(ACR);
    const blob = seededBlob(20 * MIB, {
      piece: MIB,
      spoil: (bytes) => Buffer.from(bytes).fill(0, bytes.length - 1),
    });
    await assert.rejects(blobsOf(registry.transport).push(blob), (error) =>
      hasCode(error, "DIGEST_MISMATCH"),
    );
    assert.equal(registry.transport.methods, "HEAD POST PATCH DELETE");
    assert.equal(blob.opened, 1);
    assert.equal(registry.stored.size, 0);
  });

  it("refuses a registry that stored something else", async () => {
    const other = `sha256:${"0".repeat(64)}`;
    const wrong: Reply = { status: 201, headers: { "docker-content-digest": other } };
    for (const size of [1, 5 * MIB]) {
      const registry = new FakeRegistry(ACR, ({ path }) =>
        path.includes("digest=") ? wrong : undefined,
      );
      await assert.rejects(blobsOf(registry.transport).push(seededBlob(size)), IntegrityError);
    }
  });

  it("does not follow a Location to another origin", async () => {
    const evil: Reply = { status: 202, headers: { location: `https://evil.example${UPLOADS}1` } };
    const registry = new FakeRegistry(OTHER, ({ method }) =>
      method === "POST" ? evil : undefined,
    );
    await assert.rejects(blobsOf(registry.transport).push(seededBlob(5)), (e) =>
      hasCode(e, "PROTOCOL"),
    );
    assert.equal(registry.transport.methods, "POST");
  });

  it("an abort also ends a small push whose source is silent, and does not block others of its digest", async () => {
    const registry = new FakeRegistry(ACR);
    const controller = new AbortController();
    const blob = seededBlob(100);
    const silent = {
      descriptor: blob.descriptor,
      open: () => {
        controller.abort();
        return new Readable({ read: () => undefined });
      },
    };
    const { signal } = controller;
    await assert.rejects(blobsOf(registry.transport).push(silent, { signal }), (error) =>
      hasCode(error, "ABORTED"),
    );
    assert.equal(await blobsOf(registry.transport).push(blob), "uploaded");
  });

  it("reports an abort as ABORTED, whenever it happens", async () => {
    const controller = new AbortController();
    const registry = new FakeRegistry(ACR, ({ method }) => (method === "PATCH" ? cut : undefined));
    const settings = {
      pause: (): Promise<void> => {
        controller.abort();
        return Promise.reject(new DOMException("aborted", "AbortError"));
      },
    };
    await assert.rejects(
      blobsOf(registry.transport, settings).push(seededBlob(SIZE), { signal: controller.signal }),
      (error) => hasCode(error, "ABORTED"),
    );
  });
});
