import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { hasCode, IntegrityError, RegistryError } from "../../../provider/errors.js";
import { parseRepositoryName } from "../../../provider/oci/reference.js";
import { RemoteBlobs } from "../../../provider/registry/remoteBlobs.js";
import { uploadSettings, type UploadSettings } from "../../../provider/registry/uploadSettings.js";
import { ACR, FakeTransport, OTHER, refusal, type Recorded, type Reply } from "./fakeTransport.js";
import { seededBlob, type SeededBlob } from "./seededBlob.js";

const KIB = 1024;
const MIB = 1024 * KIB;
const JSON_TYPE = { "content-type": "application/json" };
const UPLOADS = "/v2/a/blobs/uploads/";

function blobs(transport: FakeTransport, settings: Partial<UploadSettings> = {}): RemoteBlobs {
  const context = { transport, repository: parseRepositoryName("a"), actions: [] };
  return new RemoteBlobs(context, uploadSettings({ pause: () => Promise.resolve(), ...settings }));
}

/** A registry that keeps sessions, as ACR or as another one; `fault` may answer first. */
class FakeRegistry {
  readonly transport: FakeTransport;
  readonly stored = new Map<string, Buffer>();
  readonly cancelled: string[] = [];
  readonly #marks: Readonly<Record<string, string>>;
  readonly #fault: (request: Recorded, count: number) => Reply | Error | "drop" | undefined;
  #sessions = 0;
  #session: Buffer | undefined;

  constructor(
    marks: Readonly<Record<string, string>>,
    fault: (request: Recorded, count: number) => Reply | Error | "drop" | undefined = () =>
      undefined,
  ) {
    this.#marks = marks;
    this.#fault = fault;
    this.transport = new FakeTransport((request, count) => {
      const fault = this.#fault(request, count);
      if (fault instanceof Error) throw fault;
      if (fault !== undefined && fault !== "drop") return fault;
      const reply = this.#answer(request);
      if (fault === "drop") throw refusal("UNAVAILABLE", undefined);
      return { ...reply, headers: { ...this.#marks, ...reply.headers } };
    });
  }

  #answer({ method, path, sent }: Recorded): Reply {
    const url = new URL(path, "https://r.example");
    const digest = url.searchParams.get("digest");
    if (method === "HEAD") {
      const there = this.stored.has(url.pathname.split("/").at(-1) ?? "");
      return there ? { status: 200 } : { status: 404, headers: JSON_TYPE };
    }
    if (method === "POST" && digest !== null && this.#marks === ACR)
      return this.#store(digest, sent);
    if (method === "POST") return this.#open();
    if (method === "DELETE") {
      this.cancelled.push(url.pathname);
      return { status: 204 };
    }
    if (this.#session === undefined) throw refusal("NOT_FOUND", 404, "BLOB_UPLOAD_UNKNOWN");
    this.#session = Buffer.concat([this.#session, sent]);
    if (method === "PATCH") return this.#location(202);
    return this.#store(digest ?? "", this.#session);
  }

  #open(): Reply {
    this.#sessions += 1;
    this.#session = Buffer.alloc(0);
    return this.#location(202);
  }

  #location(status: number): Reply {
    const held = this.#session?.length ?? 0;
    const range = `0-${Math.max(held - 1, 0)}`;
    return { status, headers: { location: `${UPLOADS}${this.#sessions}?_state=${held}`, range } };
  }

  #store(digest: string, bytes: Buffer): Reply {
    this.#session = undefined;
    this.stored.set(digest, bytes);
    return { status: 201, headers: { "docker-content-digest": digest } };
  }

  holds(blob: SeededBlob): boolean {
    return this.stored.get(blob.descriptor.digest)?.equals(blob.content) === true;
  }
}

describe("push of a blob", () => {
  const budget: readonly [
    name: string,
    marks: typeof ACR | typeof OTHER,
    size: number,
    methods: string,
  ][] = [
    ["empty, ACR", ACR, 0, "POST"],
    ["64 KiB, ACR", ACR, 64 * KIB, "POST"],
    ["64 KiB + 1, ACR", ACR, 64 * KIB + 1, "HEAD POST"],
    ["4 MiB, ACR", ACR, 4 * MIB, "HEAD POST"],
    ["4 MiB + 1, ACR", ACR, 4 * MIB + 1, "HEAD POST PUT"],
    ["16 MiB, ACR", ACR, 16 * MIB, "HEAD POST PUT"],
    ["16 MiB + 1, ACR", ACR, 16 * MIB + 1, "HEAD POST PATCH PATCH PUT"],
    ["empty, other", OTHER, 0, "POST PUT"],
    ["64 KiB + 1, other", OTHER, 64 * KIB + 1, "HEAD POST PUT"],
    ["20 MiB, other", OTHER, 20 * MIB, "HEAD POST PUT"],
  ];
  for (const [name, marks, size, methods] of budget) {
    it(`takes ${methods}: ${name}`, async () => {
      const registry = new FakeRegistry(marks);
      const blob = seededBlob(size, { piece: MIB });
      assert.equal(await blobs(registry.transport).push(blob), "uploaded");
      assert.equal(registry.transport.methods, methods);
      assert.ok(registry.holds(blob));
    });
  }

  it("sends the session's own Location, the range without unit, and asks for one scope", async () => {
    const registry = new FakeRegistry(ACR);
    await blobs(registry.transport).push(seededBlob(20 * MIB, { piece: MIB }));
    const [, , first, second, last] = registry.transport.requests;
    assert.equal(first?.path, `${UPLOADS}1?_state=0`);
    assert.equal(first?.headers?.["content-range"], `0-${16 * MIB - 1}`);
    assert.equal(second?.path, `${UPLOADS}1?_state=${16 * MIB}`);
    assert.equal(second?.headers?.["content-range"], `${16 * MIB}-${20 * MIB - 1}`);
    assert.match(last?.path ?? "", /\?_state=\d+&digest=sha256%3A[a-f0-9]{64}$/);
    for (const { scopes } of registry.transport.requests) {
      assert.deepEqual(scopes, [
        { type: "repository", repository: "a", actions: ["pull", "push"] },
      ]);
    }
  });

  it("sends nothing that is there already", async () => {
    const registry = new FakeRegistry(ACR);
    const blob = seededBlob(65 * KIB);
    registry.stored.set(blob.descriptor.digest, blob.content);
    assert.equal(await blobs(registry.transport).push(blob), "existed");
    assert.equal(registry.transport.methods, "HEAD");
    assert.equal(blob.opened, 0);
  });

  it("asks or does not ask as told", async () => {
    const registry = new FakeRegistry(ACR);
    await blobs(registry.transport).push(seededBlob(1), { askFirst: true });
    await blobs(registry.transport).push(seededBlob(MIB, { seed: 2 }), { askFirst: false });
    assert.equal(registry.transport.methods, "HEAD POST POST");
  });

  it("tries the single POST once with a registry that does not know it", async () => {
    const registry = new FakeRegistry(OTHER);
    for (const seed of [1, 2]) await blobs(registry.transport).push(seededBlob(10, { seed }));
    const singles = registry.transport.requests.filter(({ path }) =>
      path.includes("uploads/?digest="),
    );
    assert.equal(registry.transport.methods, "POST PUT POST PUT");
    assert.equal(singles.length, 1);
  });

  it("sends the same blob once when it is pushed by many at once", async () => {
    const registry = new FakeRegistry(ACR);
    const blob = seededBlob(5 * MIB);
    const pushes = Array.from({ length: 20 }, () => blobs(registry.transport).push(blob));
    const outcomes = await Promise.all(pushes);
    assert.deepEqual(outcomes.sort().slice(0, 1).concat(outcomes.slice(-1)), [
      "existed",
      "uploaded",
    ]);
    assert.equal(registry.transport.methods, "HEAD POST PUT");
    assert.equal(blob.opened, 1);
  });

  it("reports progress that ends with the size", async () => {
    for (const size of [10, MIB]) {
      const registry = new FakeRegistry(ACR);
      const seen: number[] = [];
      await blobs(registry.transport).push(seededBlob(size), {
        onProgress: (sent) => seen.push(sent),
      });
      if (size === 10) assert.equal(seen.at(-1), size);
    }
  });

  it("cuts into any chunks and loses nothing", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 3_000 }),
        fc.integer({ min: 1, max: 1_000 }),
        fc.integer({ min: 1, max: 500 }),
        async (size, chunkSize, piece) => {
          const registry = new FakeRegistry(ACR);
          const blob = seededBlob(size, { piece });
          await blobs(registry.transport, { chunkSize }).push(blob);
          assert.ok(registry.holds(blob));
          const chunks = size <= chunkSize ? 0 : Math.ceil(size / chunkSize);
          assert.equal(registry.transport.methods.match(/PATCH/g)?.length ?? 0, chunks);
        },
      ),
      { numRuns: 50 },
    );
  });

  it("takes chunks as large as the registry wants them at least", async () => {
    const transport = FakeTransport.script(
      { status: 202, headers: { location: `${UPLOADS}1`, "oci-chunk-min-length": "60" } },
      { status: 202, headers: { location: `${UPLOADS}1`, range: "0-59" } },
      { status: 202, headers: { location: `${UPLOADS}1`, range: "0-99" } },
      { status: 201 },
    );
    await blobs(transport, { chunkSize: 10 }).push(seededBlob(100));
    assert.deepEqual(
      transport.requests.map(({ sent }) => sent.length),
      [0, 60, 40, 0],
    );
  });
});

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
    ["a cut PATCH", nth("PATCH", 2, cut), `HEAD POST PATCH PATCH DELETE HEAD POST ${careful}`],
    [
      "an answer to PATCH that is lost",
      nth("PATCH", 1, "drop"),
      `HEAD POST PATCH DELETE HEAD POST ${careful}`,
    ],
    [
      "an answer to PUT that is lost",
      nth("PUT", 1, "drop"),
      "HEAD POST PATCH PATCH PUT DELETE HEAD",
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
      assert.equal(await blobs(registry.transport).push(blob), "uploaded");
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
    it(`ends with ${name}, and cancels the session`, async () => {
      const registry = new FakeRegistry(ACR, ({ method }) =>
        method === "PATCH" ? error : undefined,
      );
      await assert.rejects(blobs(registry.transport).push(seededBlob(SIZE)), (e) =>
        hasCode(e, code),
      );
      assert.equal(registry.transport.methods, "HEAD POST PATCH DELETE");
    });
  }

  it("gives up after five sessions, and says how far it came", async () => {
    const registry = new FakeRegistry(ACR, ({ method }) => (method === "PATCH" ? cut : undefined));
    await assert.rejects(
      blobs(registry.transport).push(seededBlob(SIZE)),
      (error) =>
        error instanceof RegistryError &&
        error.code === "UNAVAILABLE" &&
        /gave up after 5 upload sessions, the last one at \d+ of 20971520 bytes/.test(
          error.message,
        ),
    );
    assert.equal(registry.transport.methods.match(/PATCH/g)?.length, 5);
    assert.equal(registry.cancelled.length, 5);
  });

  it("goes down to 4 MiB once, and ends with a second 413", async () => {
    const tooLarge = refusal("REJECTED", 413);
    const registry = new FakeRegistry(ACR, ({ method }) =>
      method === "PATCH" ? tooLarge : undefined,
    );
    await assert.rejects(
      blobs(registry.transport).push(seededBlob(SIZE)),
      (error) => error instanceof RegistryError && error.status === 413,
    );
    assert.equal(registry.transport.methods.match(/PATCH/g)?.length, 2);
  });

  it("goes down from one body to chunks where a proxy refuses it", async () => {
    const registry = new FakeRegistry(OTHER, ({ method, sent }) =>
      method === "PUT" && sent.length > 4 * MIB ? refusal("REJECTED", 413) : undefined,
    );
    const blob = seededBlob(9 * MIB, { piece: MIB });
    await blobs(registry.transport).push(blob);
    assert.equal(
      registry.transport.methods,
      "HEAD POST PUT DELETE HEAD POST PATCH PATCH PATCH PUT",
    );
    assert.ok(registry.holds(blob));
  });

  it("does not commit content that changed, does not try it again, and cancels", async () => {
    const registry = new FakeRegistry(ACR);
    const blob = seededBlob(20 * MIB, {
      piece: MIB,
      spoil: (bytes) => Buffer.from(bytes).fill(0, bytes.length - 1),
    });
    await assert.rejects(blobs(registry.transport).push(blob), (error) =>
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
      await assert.rejects(blobs(registry.transport).push(seededBlob(size)), IntegrityError);
    }
  });

  it("does not follow a Location to another origin", async () => {
    const evil: Reply = { status: 202, headers: { location: `https://evil.example${UPLOADS}1` } };
    const registry = new FakeRegistry(OTHER, ({ method }) =>
      method === "POST" ? evil : undefined,
    );
    await assert.rejects(blobs(registry.transport).push(seededBlob(5)), (e) =>
      hasCode(e, "PROTOCOL"),
    );
    assert.equal(registry.transport.methods, "POST");
  });

  it("tells an abort as one, wherever it strikes", async () => {
    const controller = new AbortController();
    const registry = new FakeRegistry(ACR, ({ method }) => (method === "PATCH" ? cut : undefined));
    const settings = {
      pause: (): Promise<void> => {
        controller.abort();
        return Promise.reject(new DOMException("aborted", "AbortError"));
      },
    };
    await assert.rejects(
      blobs(registry.transport, settings).push(seededBlob(SIZE), { signal: controller.signal }),
      (error) => hasCode(error, "ABORTED"),
    );
  });
});
