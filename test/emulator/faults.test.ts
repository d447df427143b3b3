import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import { describe, it } from "mocha";

import type { Emulator, FaultRule } from "../../emulator/index.js";
import { config, image, layer, ociManifest, pushBlob, pushImage, sha256 } from "./content.js";
import { asAdmin, withEmulator } from "./exchange.js";

const manifests = /\/manifests\//;

async function withFault(
  rule: FaultRule,
  work: (emulator: Emulator, hits: () => number) => Promise<void>,
): Promise<void> {
  await withEmulator({}, async (emulator) => {
    await pushBlob(emulator, "a", config);
    await pushBlob(emulator, "a", layer);
    emulator.journal.clear();
    const fault = emulator.faults.add(rule);
    await work(emulator, () => fault.hits);
  });
}

function put(emulator: Emulator): ReturnType<typeof asAdmin> {
  return asAdmin(emulator, "/v2/a/manifests/v1", {
    method: "PUT",
    headers: { "content-type": ociManifest },
    body: image.text,
  });
}

function get(emulator: Emulator): ReturnType<typeof asAdmin> {
  return asAdmin(emulator, "/v2/a/manifests/v1");
}

const disconnected = { code: "ECONNRESET" };

describe("the emulator's faults", () => {
  it("status: answers in place of the emulator, once", () =>
    withFault(
      {
        path: manifests,
        action: {
          type: "status",
          status: 429,
          code: "TOOMANYREQUESTS",
          message: "too many requests",
          headers: { "Retry-After": "1" },
        },
      },
      async (emulator, hits) => {
        const first = await put(emulator);
        assert.equal(first.status, 429);
        assert.equal(first.headers["retry-after"], "1");
        assert.equal(
          first.body.toString(),
          '{"errors":[{"code":"TOOMANYREQUESTS","message":"too many requests"}]}\n',
        );
        assert.equal((await put(emulator)).status, 201);
        assert.equal(hits(), 1);
        const [entry] = emulator.journal.entries;
        assert.deepEqual([entry?.fault, entry?.applied, entry?.status], ["status", false, 429]);
      },
    ));

  it("status: any body with any headers", () =>
    withFault(
      {
        action: {
          type: "status",
          status: 200,
          body: "<html>",
          headers: { "Content-Type": "text/html" },
        },
      },
      async (emulator) => {
        const answer = await get(emulator);
        assert.equal(answer.headers["content-type"], "text/html");
        assert.equal(answer.body.toString(), "<html>");
      },
    ));

  it("reset: nothing is applied", () =>
    withFault({ method: "put", action: { type: "reset" } }, async (emulator) => {
      await assert.rejects(put(emulator), disconnected);
      assert.equal((await get(emulator)).status, 404);
      const [entry] = emulator.journal.entries;
      assert.deepEqual([entry?.applied, entry?.status], [false, 0]);
    }));

  it("dropAnswer: applied, but the connection is cut", () =>
    withFault({ method: "PUT", action: { type: "dropAnswer" } }, async (emulator) => {
      await assert.rejects(put(emulator), disconnected);
      assert.equal((await get(emulator)).status, 200);
      const [entry] = emulator.journal.entries;
      assert.deepEqual([entry?.applied, entry?.status], [true, 0]);
    }));

  it("stall: never answers, until close", () =>
    withFault({ method: "PUT", action: { type: "stall" } }, async (emulator) => {
      const rejection = assert.rejects(put(emulator), disconnected);
      assert.equal((await get(emulator)).status, 404);
      await emulator.close();
      await rejection;
    }));

  it("stallAnswer: applies and never answers", () =>
    withFault({ method: "PUT", action: { type: "stallAnswer" } }, async (emulator) => {
      const rejection = assert.rejects(put(emulator), disconnected);
      while (emulator.journal.entries[0]?.applied !== true) {
        assert.ok((await asAdmin(emulator, "/v2/")).status === 200);
      }
      assert.equal((await get(emulator)).status, 200);
      await emulator.close();
      await rejection;
    }));

  it("delay: applies later", () =>
    withFault({ method: "PUT", action: { type: "delay", ms: 20 } }, async (emulator) => {
      const started = performance.now();
      assert.equal((await put(emulator)).status, 201);
      assert.ok(performance.now() - started >= 19);
    }));

  it("delay: does not hold up close", () =>
    withFault({ method: "PUT", action: { type: "delay", ms: 3_600_000 } }, async (emulator) => {
      const rejection = assert.rejects(put(emulator), disconnected);
      assert.equal((await get(emulator)).status, 404);
      await emulator.close();
      await rejection;
    }));

  it("truncate: the body is shorter than Content-Length", () =>
    withEmulator({}, async (emulator) => {
      await pushImage(emulator, "a", "v1");
      emulator.faults.add({ method: "GET", action: { type: "truncate", bytes: 10 } });
      const sent = request(`${emulator.url}/v2/a/manifests/v1`, {
        headers: { authorization: basicOf(emulator) },
      }).end();
      const [response] = (await once(sent, "response")) as [import("node:http").IncomingMessage];
      assert.equal(response.headers["content-length"], String(image.text.length));
      let received = 0;
      response.on("data", (part: Buffer) => (received += part.length));
      const [error] = (await once(response, "error")) as [NodeJS.ErrnoException];
      assert.equal(error.code, "ECONNRESET");
      assert.ok(received <= 10);
    }));

  it("corrupt: one bit of the body", () =>
    withEmulator({}, async (emulator) => {
      await pushImage(emulator, "a", "v1");
      emulator.faults.add({ method: "GET", action: { type: "corrupt" } });
      const { body, headers } = await get(emulator);
      assert.equal(body.length, image.text.length);
      assert.notEqual(body.toString(), image.text);
      assert.equal(headers["docker-content-digest"], image.digest);
      assert.equal((await get(emulator)).body.toString(), image.text);
    }));

  it("corrupt: the digest, where there is no body", () =>
    withFault({ method: "PUT", action: { type: "corrupt" } }, async (emulator) => {
      const digest = (await put(emulator)).headers["docker-content-digest"]?.toString() ?? "";
      assert.notEqual(digest, image.digest);
      assert.equal(digest.slice(0, -1), image.digest.slice(0, -1));
    }));

  it("resetAfter: the upload keeps what came before the cut, and goes on at another address", () =>
    withFault({ method: "PATCH", action: { type: "resetAfter", bytes: 4 } }, async (emulator) => {
      const start = await asAdmin(emulator, "/v2/a/blobs/uploads/", { method: "POST" });
      const location = start.headers.location ?? "";
      await assert.rejects(asAdmin(emulator, location, { method: "PATCH", body: "0123456789" }));
      assert.equal(emulator.journal.entries[1]?.requestBytes, 4);
      const again = await asAdmin(emulator, location, { method: "PATCH", body: "0123456789" });
      assert.deepEqual([again.status, again.headers.range], [416, "0-3"]);
      const status = await asAdmin(emulator, location);
      assert.deepEqual([status.status, status.headers.range], [204, "0-3"]);
      const rest = `${status.headers.location ?? ""}&digest=${sha256("0123456789")}`;
      const end = await asAdmin(emulator, rest, { method: "PUT", body: "456789" });
      assert.equal(end.status, 201);
    }));

  it("nth and times count matching requests from the time of add", () =>
    withFault(
      { path: "/v2/", nth: 2, times: 2, action: { type: "status", status: 503 } },
      async (emulator) => {
        const statuses: number[] = [];
        for (const path of ["/v2/", "/v2/_catalog", "/v2/", "/v2/", "/v2/"]) {
          statuses.push((await asAdmin(emulator, path)).status);
        }
        assert.deepEqual(statuses, [200, 200, 503, 503, 200]);
      },
    ));

  it("also affects the token endpoints and the storage", () =>
    withEmulator({}, async (emulator) => {
      await pushImage(emulator, "a", "v1");
      const action = { type: "status", status: 500 } as const;
      emulator.faults.add({ path: "/oauth2/token", action });
      const storage = emulator.faults.add({ server: "storage", times: Infinity, action });
      assert.equal((await asAdmin(emulator, "/oauth2/token?scope=a")).status, 500);
      const redirect = await asAdmin(emulator, `/v2/a/blobs/${layer.digest}`);
      assert.equal(redirect.status, 307);
      const { location = "" } = redirect.headers;
      const path = location.slice(emulator.storageUrl.length);
      const storageAnswer = async (): Promise<number> =>
        (await asAdmin({ ...emulator, url: emulator.storageUrl }, path)).status;
      assert.equal(await storageAnswer(), 500);
      assert.equal(await storageAnswer(), 500);
      storage.remove();
      assert.equal(await storageAnswer(), 400);
      assert.equal(storage.hits, 2);
    }));

  it("of an unknown kind are refused", () =>
    withEmulator({}, (emulator) => {
      for (const rule of [{}, { action: {} }, { action: { type: "rest" } }]) {
        assert.throws(
          () => emulator.faults.add(rule as FaultRule),
          /^TypeError: A fault's action has a type, one of status, reset, .*; not (rest|undefined)\.$/,
        );
      }
      assert.deepEqual(emulator.faults.list, []);
      return Promise.resolve();
    }));

  it("clear ends all of them", () =>
    withFault({ times: Infinity, action: { type: "reset" } }, async (emulator) => {
      emulator.faults.clear();
      assert.equal((await put(emulator)).status, 201);
    }));
});

function basicOf({ credentials }: Emulator): string {
  const pair = `${credentials.username}:${credentials.password}`;
  return `Basic ${Buffer.from(pair).toString("base64")}`;
}
