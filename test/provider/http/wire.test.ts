import assert from "node:assert/strict";
import type { RequestListener } from "node:http";
import { Readable } from "node:stream";
import { describe, it } from "mocha";
import { repositoryScope } from "../../../provider/auth/scope.js";
import { PackError } from "../../../provider/errors.js";
import type {
  ClosableTransport,
  TransportOptions,
} from "../../../provider/http/createTransport.js";
import type { RegistryRequest } from "../../../provider/http/transport.js";
import { loopbackRegistry, taking } from "./loopbackRegistry.js";
import { ManualClock } from "./manualClock.js";

/** For tests in which the server falls silent. */
const impatient = { idleTimeoutMs: 100 };

const registry = (answer: RequestListener, options: Partial<TransportOptions> = {}) =>
  loopbackRegistry(answer, {
    retry: { maxRetries: 1, baseDelayMs: 1 },
    ...options,
  });

const request = (more: Partial<RegistryRequest> = {}): RegistryRequest => ({
  method: "GET",
  path: "/v2/a/blobs/x",
  scopes: [repositoryScope("a", "pull")],
  operation: "test",
  expect: [200],
  repeatable: false,
  ...more,
});

const MEBIBYTE = Buffer.alloc(1 << 20, 7);
const put = (body: RegistryRequest["body"]): RegistryRequest =>
  request({ method: "PUT", expect: [201], ...(body === undefined ? {} : { body }) });

describe("request bodies", () => {
  const good: readonly [string, RegistryRequest["body"], number][] = [
    ["no bytes", new Uint8Array(), 0],
    ["a few bytes", Buffer.from("abc"), 3],
    ["a megabyte in memory", MEBIBYTE, 1 << 20],
    ["an empty stream", { size: 0, open: () => Readable.from([]) }, 0],
    [
      "a stream",
      { size: 3 << 20, open: () => Promise.resolve(Readable.from([MEBIBYTE, MEBIBYTE, MEBIBYTE])) },
      3 << 20,
    ],
  ];
  for (const [name, body, size] of good) {
    it(`sends ${name} completely, with Content-Length`, async () => {
      const { server, transport } = await registry(taking);
      await (await transport.send(put(body))).discard();
      const seen = server.seen.at(-1);
      assert.ok(seen);
      assert.equal(seen.bytes, size);
      assert.equal(seen.headers["content-length"], String(size));
      assert.equal(seen.headers["transfer-encoding"], undefined);
    });
  }

  function* failing(): Generator<Buffer> {
    yield MEBIBYTE;
    throw new PackError("SOURCE_CHANGED", "a.txt", "a.txt changed");
  }
  const failure = new PackError("SOURCE_UNREADABLE", "b.txt", "b.txt cannot be read");
  const bad: readonly [string, RegistryRequest["body"], object][] = [
    [
      "is too short",
      { size: 2 << 20, open: () => Readable.from([MEBIBYTE]) },
      { code: "SIZE_MISMATCH" },
    ],
    [
      "is too long",
      { size: 1 << 20, open: () => Readable.from([MEBIBYTE, Buffer.from("x")]) },
      { code: "SIZE_MISMATCH" },
    ],
    [
      "fails at its end",
      { size: 1 << 20, open: () => Readable.from(failing()) },
      { code: "SOURCE_CHANGED", path: "a.txt" },
    ],
    ["cannot be opened", { size: 1, open: () => Promise.reject(failure) }, failure],
  ];
  for (const [name, body, error] of bad) {
    it(`rejects a source that ${name}, and never sends a complete body`, async () => {
      const { server, transport } = await registry(taking);
      await assert.rejects(transport.send(put(body)), error);
      assert.ok(server.seen.every(({ method, complete }) => method !== "PUT" || !complete));
    });
  }

  it("fails with STALLED if the server stops reading", async () => {
    const { transport } = await registry((incoming) => incoming.pause(), impatient);
    const body = { size: 1 << 30, open: () => Readable.from(endless()) };
    await assert.rejects(transport.send(put(body)), { code: "STALLED" });
  });

  it("does not accept success before the body was sent", async () => {
    const { transport } = await registry((_, response) => response.writeHead(201).end());
    const body = { size: 1 << 30, open: () => Readable.from(endless()) };
    await assert.rejects(transport.send(put(body)), { code: "PROTOCOL" });
  });

  it("reports a refusal before the body was sent", async () => {
    const { transport } = await registry((_, response) => response.writeHead(413).end());
    const body = { size: 1 << 30, open: () => Readable.from(endless()) };
    await assert.rejects(transport.send(put(body)), { code: "REJECTED", status: 413 });
  });

  it("throws the unchanged error of a source that fails while an early refusal is read", async () => {
    const refused = Promise.withResolvers<undefined>();
    const failure = new PackError("SOURCE_UNREADABLE", "b.txt", "b.txt cannot be read");
    async function* source(): AsyncGenerator<Buffer> {
      yield MEBIBYTE;
      await refused.promise;
      throw failure;
    }
    const answer: RequestListener = (_, response) => response.writeHead(413).write("{");
    const { transport } = await registry(answer, {
      log: (line) => line.startsWith("<- 413 ") && refused.resolve(undefined),
    });
    const path = "/v2/a/blobs/uploads/u?_state=STATE-CANARY";
    const body = { size: 1 << 30, open: () => Readable.from(source()) };
    await assert.rejects(transport.send({ ...put(body), method: "PATCH", path }), (error) => {
      assert.equal(error, failure);
      return true;
    });
  });

  it("ends at an abort, and closes the source", async () => {
    const controller = new AbortController();
    const source = Readable.from(endless());
    const { transport } = await registry((incoming) => {
      incoming.resume();
      controller.abort();
    });
    const body = { size: 1 << 30, open: () => source };
    await assert.rejects(transport.send({ ...put(body), signal: controller.signal }), {
      code: "ABORTED",
    });
    assert.ok(source.destroyed);
  });
});

function* endless(): Generator<Buffer> {
  for (;;) yield MEBIBYTE;
}

describe("answers", () => {
  const download = request({ followRedirect: true });
  const read = async (transport: ClosableTransport, what = download, limit = 10) =>
    (await transport.send(what)).bytes(limit);

  it("that break off fail with UNAVAILABLE, and are requested again when they are small", async () => {
    let times = 0;
    const { transport } = await registry((_, response) => {
      times += 1;
      response.writeHead(200, { "content-length": "4" });
      response.write("ab", () =>
        times === 1 || times === 3 ? response.destroy() : response.end("cd"),
      );
    });
    const bytes = await read(transport, request({ repeatable: true }));
    assert.equal(Buffer.from(bytes).toString(), "abcd");
    await assert.rejects(read(transport), { code: "UNAVAILABLE" });
  });

  it("that fall silent fail with STALLED", async () => {
    const { transport } = await registry((_, response) => {
      response.writeHead(200, { "content-length": "4" });
      response.write("ab");
    }, impatient);
    await assert.rejects(read(transport), { code: "STALLED" });
  });

  it("that never begin fail with STALLED", async () => {
    const { transport } = await registry(() => undefined, impatient);
    await assert.rejects(read(transport), { code: "STALLED" });
  });

  it("that a busy reader does not read do not count as silent", async () => {
    const clock = new ManualClock();
    const answer: RequestListener = (_, response) => response.end(Buffer.alloc(8 << 20));
    const { transport } = await registry(answer, { clock });
    const stream = (await transport.send(download)).stream();
    let size = 0;
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      if (size === 0) {
        // The idle timeout stops when the buffer is full.
        while (clock.timers > 0) await new Promise((resolve) => setImmediate(resolve));
        clock.pass(3_600_000);
      }
      size += chunk.length;
    }
    assert.equal(size, 8 << 20);
  });

  it("that are larger than the limit are not read", async () => {
    let written = 0;
    const { transport } = await registry((_, response) => {
      const more = (): void => {
        if (response.destroyed) return;
        written += MEBIBYTE.length;
        response.write(MEBIBYTE, more);
      };
      more();
    });
    await assert.rejects(read(transport), { code: "PROTOCOL" });
    await assert.rejects(read(transport, request()), { code: "PROTOCOL" });
    await assert.rejects(read(transport, request({ expect: [201] })), { code: "REJECTED" });
    assert.ok(written < 64 << 20, String(written));
  });

  it("with a content encoding are refused", async () => {
    const { server, transport } = await registry((_, response) =>
      response.writeHead(200, { "content-encoding": "gzip" }).end("x"),
    );
    await assert.rejects(read(transport), { code: "PROTOCOL", message: /Content-Encoding "gzip"/ });
    assert.ok(server.seen.every(({ headers }) => headers["accept-encoding"] === undefined));
  });

  it("fail with ABORTED when aborted while streaming", async () => {
    const controller = new AbortController();
    const { transport } = await registry((_, response) => response.write("ab"));
    const answer = await transport.send({ ...download, signal: controller.signal });
    const rest = answer.bytes(100);
    controller.abort();
    await assert.rejects(rest, { code: "ABORTED" });
  });

  it("fail with ABORTED when the transport is closed, also those not received yet", async () => {
    const { server, transport } = await registry((_, response) => response.write("ab"));
    const streaming = (await transport.send(download)).bytes(100);
    const waiting = transport.send(request());
    transport.close();
    for (const one of [streaming, waiting, transport.send(request())]) {
      await assert.rejects(one, { code: "ABORTED" });
    }
    assert.ok(server.seen.length > 0);
  });

  it("are received over a limited number of reused connections", async () => {
    const { server, transport } = await registry((_, response) => response.end("ok"), {
      maxConcurrency: 3,
    });
    await Promise.all(Array.from({ length: 50 }, () => read(transport, request())));
    assert.ok(server.connections <= 3, String(server.connections));
  });
});

describe("a proxy in the environment", () => {
  it("is not used for this machine", async () => {
    const before = process.env["HTTPS_PROXY"];
    process.env["HTTPS_PROXY"] = "http://127.0.0.1:1";
    try {
      const { transport } = await registry((_, response) => response.end("ok"));
      assert.equal((await transport.send(request())).status, 200);
    } finally {
      if (before === undefined) delete process.env["HTTPS_PROXY"];
      else process.env["HTTPS_PROXY"] = before;
    }
  });
});

describe("paths", () => {
  for (const path of [
    "/v2/../oauth2/token",
    "/v2/a/%2e%2e/x",
    "@evil.example/",
    "/v2/a#b",
    ".evil.example/",
    "/v2/a\\b",
  ]) {
    it(`${path} is not sent`, async () => {
      const { server, transport } = await registry(taking);
      await assert.rejects(transport.send(request({ path })), { code: "INPUT_INVALID" });
      assert.deepEqual(server.seen, []);
    });
  }
});
