import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";

import type { Emulator } from "../../emulator/index.js";
import { TemporaryFolder } from "../support/temporaryFolder.js";
import { layer, pushBlob } from "./content.js";
import { asAdmin, exchange, withEmulator } from "./exchange.js";

async function location(emulator: Emulator): Promise<string> {
  await pushBlob(emulator, "a", layer);
  return (await asAdmin(emulator, `/v2/a/blobs/${layer.digest}`)).headers.location ?? "";
}

const size = layer.text.length;

const ranges: readonly [
  range: string,
  status: number,
  contentRange: string | undefined,
  body: string,
][] = [
  ["bytes=0-1", 206, `bytes 0-1/${String(size)}`, layer.text.slice(0, 2)],
  ["bytes=2-", 206, `bytes 2-${String(size - 1)}/${String(size)}`, layer.text.slice(2)],
  // A range is cut at the end of the blob (Azure/azure-sdk-assets go, GetChunk).
  ["bytes=0-999", 206, `bytes 0-${String(size - 1)}/${String(size)}`, layer.text],
  [
    "bytes=-2",
    206,
    `bytes ${String(size - 2)}-${String(size - 1)}/${String(size)}`,
    layer.text.slice(-2),
  ],
  ["2-", 200, undefined, layer.text],
  ["bytes=2-1", 200, undefined, layer.text],
];

describe("the emulator's storage", () => {
  it("is another origin", () =>
    withEmulator({}, async (emulator) => {
      assert.equal(new URL(await location(emulator)).origin, emulator.storageUrl);
      assert.match(emulator.storageUrl, /^http:\/\/localhost:\d+$/);
      assert.match(emulator.url, /^http:\/\/127\.0\.0\.1:\d+$/);
    }));

  it("is reached when the registry goes by the name localhost", () =>
    withEmulator({ host: "localhost" }, async (emulator) => {
      assert.match(emulator.url, /^http:\/\/localhost:\d+$/);
      assert.match(emulator.storageUrl, /^http:\/\/127\.0\.0\.1:\d+$/);
      assert.equal((await exchange(await location(emulator))).body.toString(), layer.text);
    }));

  it("is on the same host, if the option says so", () =>
    withEmulator({ storageHost: "127.0.0.1" }, async (emulator) => {
      const { hostname, port } = new URL(await location(emulator));
      const registry = new URL(emulator.url);
      assert.equal(hostname, registry.hostname);
      assert.notEqual(port, registry.port);
    }));

  it("of a registry on all addresses uses the client's host, or another name of the loopback", () =>
    withEmulator({ host: "0.0.0.0", allowNonLoopback: true }, async (emulator) => {
      await pushBlob(emulator, "a", layer);
      const port = new URL(emulator.storageUrl).port;
      const { port: registryPort } = new URL(emulator.url);
      for (const [registry, storage] of [
        ["localhost", "127.0.0.1"],
        ["127.0.0.1", "localhost"],
        ["registry.example", "registry.example"],
        ["[fd00::1]", "[fd00::1]"],
      ] as const) {
        const headers = { host: `${registry}:${registryPort}` };
        const answer = await asAdmin(emulator, `/v2/a/blobs/${layer.digest}`, { headers });
        const { host } = new URL(answer.headers.location ?? "");
        assert.equal(host, `${storage}:${port}`);
      }
    }));

  it("has the given port", async () => {
    let storagePort = 0;
    await withEmulator({}, ({ storageUrl }) => {
      storagePort = Number(new URL(storageUrl).port);
      return Promise.resolve();
    });
    await withEmulator({ storagePort }, async (emulator) => {
      assert.equal(emulator.storageUrl, `http://localhost:${String(storagePort)}`);
      assert.equal((await exchange(await location(emulator))).body.toString(), layer.text);
    });
  });

  for (const [range, status, contentRange, body] of ranges) {
    it(`answers Range: ${range} with ${String(status)}`, () =>
      withEmulator({}, async (emulator) => {
        const answer = await exchange(await location(emulator), { headers: { range } });
        assert.equal(answer.status, status);
        assert.equal(answer.headers["content-range"], contentRange);
        assert.equal(answer.body.toString(), body);
        assert.equal(answer.headers["docker-content-digest"], undefined);
        assert.equal(answer.headers["x-ms-blob-type"], "AppendBlob");
      }));
  }

  it("answers HEAD with the whole length, whatever its range", () =>
    withEmulator({}, async (emulator) => {
      const url = await location(emulator);
      const answer = await exchange(url, { method: "HEAD", headers: { range: "bytes=0-1" } });
      assert.deepEqual([answer.status, answer.headers["content-length"]], [200, String(size)]);
      assert.equal(answer.body.length, 0);
    }));

  it("refuses a range beyond the end", () =>
    withEmulator({}, async (emulator) => {
      const headers = { range: `bytes=${String(size)}-` };
      const answer = await exchange(await location(emulator), { headers });
      assert.equal(answer.status, 416);
      assert.equal(answer.headers["content-range"], `bytes */${String(size)}`);
    }));

  // Microsoft, "Specifying conditional headers for Blob service operations".
  for (const [condition, status, code] of [
    [{ "if-none-match": "ETAG" }, 304, "ConditionNotMet"],
    [{ "if-none-match": '"other", ETAG' }, 304, "ConditionNotMet"],
    [{ "if-none-match": "*" }, 304, "ConditionNotMet"],
    [{ "if-none-match": '"other"' }, 200, undefined],
    [{ "if-match": "ETAG" }, 200, undefined],
    [{ "if-match": '"other"' }, 412, "ConditionNotMet"],
    [{ "if-modified-since": "MODIFIED" }, 304, "ConditionNotMet"],
    [{ "if-modified-since": new Date(0).toUTCString() }, 200, undefined],
    [{ "if-unmodified-since": "MODIFIED" }, 200, undefined],
    [{ "if-unmodified-since": new Date(0).toUTCString() }, 412, "ConditionNotMet"],
    [{ "if-unmodified-since": "never" }, 200, undefined],
    [{ "if-match": "ETAG", "if-unmodified-since": new Date(0).toUTCString() }, 200, undefined],
    [{ "if-none-match": '"other"', "if-modified-since": "MODIFIED" }, 200, undefined],
  ] as const) {
    it(`answers ${JSON.stringify(condition)} with ${String(status)}`, () =>
      withEmulator({}, async (emulator) => {
        const url = await location(emulator);
        const { etag = "", "last-modified": modified = "" } = (await exchange(url)).headers;
        const headers = Object.fromEntries(
          Object.entries(condition).map(([name, value]) => [
            name,
            value.replace("ETAG", etag).replace("MODIFIED", modified),
          ]),
        );
        const answer = await exchange(url, { headers });
        assert.deepEqual([answer.status, answer.headers["x-ms-error-code"]], [status, code]);
        if (status === 304) assert.equal(answer.headers["content-length"], undefined);
        if (status === 200) assert.equal(answer.body.toString(), layer.text);
      }));
  }

  it("serves an empty blob", () =>
    withEmulator({}, async (emulator) => {
      const digest = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
      await pushBlob(emulator, "a", { text: "", digest });
      const { headers } = await asAdmin(emulator, `/v2/a/blobs/${digest}`);
      const answer = await exchange(headers.location ?? "");
      assert.deepEqual([answer.status, answer.headers["content-length"]], [200, "0"]);
    }));

  it("answers 404 for a blob that was deleted since the redirect", () =>
    withEmulator({}, async (emulator) => {
      const url = await location(emulator);
      await asAdmin(emulator, `/v2/a/blobs/${layer.digest}`, { method: "DELETE" });
      const answer = await exchange(url);
      assert.deepEqual([answer.status, answer.headers["x-ms-error-code"]], [404, "BlobNotFound"]);
    }));

  it("answers 404 for a blob whose file was removed", async () => {
    const folder = new TemporaryFolder();
    try {
      await withEmulator({ dataDirectory: folder.path }, async (emulator) => {
        const url = await location(emulator);
        rmSync(join(folder.path, "blobs", "sha256"), { recursive: true });
        assert.equal((await exchange(url)).status, 404);
      });
    } finally {
      folder.remove();
    }
  });

  it("refuses a changed, an absent and an expired signature", async () => {
    let now = Date.now();
    await withEmulator({ now: () => now }, async (emulator) => {
      const url = await location(emulator);
      const changed = url.replace(/sig=[^&]{4}/, "sig=AAAA");
      assert.equal((await exchange(changed)).status, 403);
      assert.equal((await exchange(url.split("?")[0] ?? "")).status, 403);
      assert.equal((await exchange(url)).status, 200);
      now += 20 * 60 * 1000 + 1000;
      assert.equal((await exchange(url)).status, 403);
    });
  });
});
