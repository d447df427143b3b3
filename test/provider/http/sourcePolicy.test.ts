import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { describe, it } from "mocha";
import { repositoryScope } from "../../../provider/auth/scope.js";
import type { RegistryRequest, RequestBody } from "../../../provider/http/transport.js";
import { loopbackRegistry, taking } from "./loopbackRegistry.js";
import { ManualClock } from "./manualClock.js";

type Body = Exclude<RequestBody, Uint8Array>;

const put = (body: Body, signal?: AbortSignal): RegistryRequest => ({
  method: "PUT",
  path: "/v2/a/blobs/uploads/1",
  scopes: [repositoryScope("a", "pull", "push")],
  operation: "test",
  expect: [201],
  repeatable: false,
  body,
  ...(signal === undefined ? {} : { signal }),
});

const read: RegistryRequest = {
  method: "GET",
  path: "/v2/b/blobs/x",
  scopes: [repositoryScope("b", "pull")],
  operation: "read",
  expect: [200],
  repeatable: true,
  followRedirect: true,
};

const MEBIBYTE = Buffer.alloc(1 << 20, 7);

describe("the source of a request body", () => {
  it("may take any time: its silence does not count as the registry's", async () => {
    const clock = new ManualClock();
    const { server, transport } = await loopbackRegistry(taking, { clock, idleTimeoutMs: 60_000 });
    async function* slow(): AsyncGenerator<Buffer> {
      yield MEBIBYTE;
      clock.pass(90_000);
      yield MEBIBYTE;
      clock.pass(90_000);
    }
    const answer = await transport.send(put({ size: 2 << 20, open: slow }));
    await answer.discard();
    assert.equal(server.seen.at(-1)?.bytes, 2 << 20);
  });

  it("is given up if the request is aborted while it opens, and closed once open", async () => {
    const { server, transport } = await loopbackRegistry(taking);
    const controller = new AbortController();
    const source = Readable.from([MEBIBYTE]);
    let give: (source: Readable) => void = () => undefined;
    const opening = new Promise<Readable>((resolve) => (give = resolve));
    const body: Body = {
      size: 1 << 20,
      open: () => {
        queueMicrotask(() => controller.abort());
        return opening;
      },
    };
    await assert.rejects(transport.send(put(body, controller.signal)), { code: "ABORTED" });
    const closed = new Promise((resolve) => source.once("close", resolve));
    give(source);
    await closed;
    assert.ok(server.seen.every(({ method }) => method !== "PUT"));
  });

  it("is closed if the request is never sent", async () => {
    const { transport } = await loopbackRegistry(taking, { requestsPerMinute: 1 });
    const controller = new AbortController();
    const source = Readable.from([MEBIBYTE]);
    const body: Body = {
      size: 1 << 20,
      open: () => {
        setImmediate(() => controller.abort());
        return source;
      },
    };
    await assert.rejects(transport.send(put(body, controller.signal)), { code: "ABORTED" });
    assert.ok(source.destroyed);
  });

  it("is open for fewer requests than the limiter has slots", async () => {
    const { transport } = await loopbackRegistry(taking, { maxConcurrency: 4 });
    let opened = 0;
    let most = 0;
    const body: Body = {
      size: 1 << 20,
      open: () => {
        opened += 1;
        most = Math.max(most, opened);
        return Readable.from([MEBIBYTE]).once("close", () => (opened -= 1));
      },
    };
    await Promise.all(Array.from({ length: 20 }, () => transport.send(put(body))));
    assert.ok(most <= 3, String(most));
  });

  for (const maxConcurrency of [1, 2, 3]) {
    it(`may need requests to the same registry, with ${maxConcurrency} at once`, async () => {
      const { server, transport } = await loopbackRegistry(
        (incoming, response) => {
          if (incoming.method === "GET") response.end(MEBIBYTE);
          else taking(incoming, response);
        },
        { maxConcurrency },
      );
      // The second half is requested in the middle of the upload, as after a cut connection.
      async function* relay(): AsyncGenerator<Uint8Array> {
        for (let n = 0; n < 2; n += 1) yield* (await transport.send(read)).stream();
      }
      const body: Body = { size: 2 << 20, open: relay };
      await Promise.all(Array.from({ length: 5 }, () => transport.send(put(body))));
      const uploads = server.seen.filter(({ method }) => method === "PUT");
      assert.deepEqual(
        uploads.map(({ bytes }) => bytes),
        Array.from({ length: 5 }, () => 2 << 20),
      );
    });
  }

  it("may be read from the registry that has just refused the upload: its requests go first", async () => {
    let puts = 0;
    const { server, transport } = await loopbackRegistry(
      (incoming, response) => {
        if (incoming.method === "GET") response.end(MEBIBYTE);
        else if (++puts === 1) incoming.resume().on("end", () => response.writeHead(429).end());
        else taking(incoming, response);
      },
      { retry: { baseDelayMs: 1 } },
    );
    const open = async () => (await transport.send(read)).stream();
    await (await transport.send(put({ size: 1 << 20, open }))).discard();
    const methods = server.seen.map(({ method }) => method).join(" ");
    assert.match(methods, /GET PUT GET PUT$/);
  });
});
