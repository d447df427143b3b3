import assert from "node:assert/strict";
import type { RequestListener } from "node:http";
import { inspect } from "node:util";
import { AzureLogger, getLogLevel, setLogLevel } from "@azure/logger";
import { afterEach, describe, it } from "mocha";
import { repositoryScope } from "../../../provider/auth/scope.js";
import { type TransportOptions, createTransport } from "../../../provider/http/createTransport.js";
import type { RegistryRequest } from "../../../provider/http/transport.js";
import { parseLoginServer } from "../../../provider/oci/loginServer.js";
import { type LoopbackServer, loopbackServer } from "./loopbackServer.js";
import { jwt } from "./scriptedRegistry.js";

const open: { close(): unknown }[] = [];

afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

const TOKEN = jwt({ exp: 4_000_000_000, jti: "TOKENCANARY" });
const SECRETS = [TOKEN, "PASSWORDCANARY", "SIGCANARY", "STATECANARY", "COOKIECANARY"];

async function server(answer: RequestListener): Promise<LoopbackServer> {
  const started = await loopbackServer(answer);
  open.push(started);
  return started;
}

async function registry(answer: RequestListener, options: Partial<TransportOptions> = {}) {
  const own = await server((request, response) => {
    if (request.url?.startsWith("/oauth2/token") !== true) return answer(request, response);
    response.end(JSON.stringify({ access_token: TOKEN }));
  });
  const transport = createTransport({
    endpoint: parseLoginServer(own.origin),
    credential: { kind: "token", username: "user", password: "PASSWORDCANARY" },
    retry: { maxRetries: 1, baseDelayMs: 1 },
    ...options,
  });
  open.push(transport);
  return { own, transport };
}

const download: RegistryRequest = {
  method: "GET",
  path: "/v2/a/blobs/x",
  scopes: [repositoryScope("a", "pull")],
  operation: "fetch a blob",
  expect: [200],
  repeatable: true,
  followRedirect: true,
  headers: { Range: "bytes=0-9", Cookie: "COOKIECANARY", "X-Other": "1", Accept: "*/*" },
};

const redirectTo =
  (location: () => string, status = 307): RequestListener =>
  (_, response) =>
    response.writeHead(status, { location: location() }).end();

describe("a blob read that is redirected", () => {
  it("reaches the storage without our credentials and headers", async () => {
    const storage = await server((_, response) => response.end("bytes"));
    const { transport } = await registry(redirectTo(() => `${storage.origin}/b?sig=SIGCANARY`));
    const bytes = await (await transport.send(download)).bytes(10);
    assert.equal(Buffer.from(bytes).toString(), "bytes");
    const { host: _host, connection: _connection, ...headers } = storage.seen[0]?.headers ?? {};
    assert.deepEqual(headers, { accept: "*/*", range: "bytes=0-9", "user-agent": "pulumi-acr" });
  });

  for (const status of [401, 403]) {
    it(`starts again once after ${status} from the storage, then fails, and never sends a token`, async () => {
      const storage = await server((_, response) =>
        response
          .writeHead(status, { "www-authenticate": 'Bearer realm="x",scope="repository:*:push"' })
          .end(),
      );
      const { own, transport } = await registry(
        redirectTo(() => `${storage.origin}/b?sig=SIGCANARY`),
      );
      await assert.rejects(transport.send(download), { code: "REJECTED", status });
      assert.equal(storage.seen.length, 2);
      assert.ok(storage.seen.every(({ headers }) => headers.authorization === undefined));
      assert.equal(own.seen.filter(({ url }) => url.startsWith("/oauth2/")).length, 1);
    });
  }

  it("asks the registry again after an expired signature", async () => {
    let times = 0;
    const storage = await server((_, response) => {
      times += 1;
      response.writeHead(times === 1 ? 403 : 200).end("ok");
    });
    const { transport } = await registry(redirectTo(() => `${storage.origin}/b`));
    assert.equal((await (await transport.send(download)).bytes(10)).length, 2);
  });

  it("is retried from the registry after 503 of the storage", async () => {
    let times = 0;
    const storage = await server((_, response) => {
      times += 1;
      response.writeHead(times === 1 ? 503 : 200).end("ok");
    });
    const { own, transport } = await registry(redirectTo(() => `${storage.origin}/b`));
    assert.equal((await (await transport.send(download)).bytes(10)).length, 2);
    assert.equal(own.seen.filter(({ url }) => url.startsWith("/v2/")).length, 2);
  });

  it("does not take the storage's 404 for the registry's", async () => {
    const storage = await server((_, response) =>
      response
        .writeHead(404, { "content-type": "application/json" })
        .end('{"errors":[{"code":"BLOB_UNKNOWN"}]}'),
    );
    const { transport } = await registry(redirectTo(() => `${storage.origin}/b`));
    for (const method of ["GET", "HEAD"] as const) {
      await assert.rejects(transport.send({ ...download, method }), {
        code: "REJECTED",
        status: 404,
      });
    }
  });

  it("ends after three hops", async () => {
    const storage: LoopbackServer = await server(redirectTo(() => `${storage.origin}/again`));
    const { transport } = await registry(redirectTo(() => `${storage.origin}/b`));
    await assert.rejects(transport.send(download), { code: "PROTOCOL", message: /3 redirects/ });
    assert.equal(storage.seen.length, 3);
  });
});

describe("a redirect that is not followed", () => {
  for (const method of ["GET", "PUT", "PATCH", "POST", "DELETE", "HEAD"] as const) {
    it(`of ${method} without followRedirect`, async () => {
      const attacker = await server((_, response) => response.end());
      const { transport } = await registry(redirectTo(() => attacker.origin));
      const { followRedirect: _, ...plain } = download;
      await assert.rejects(transport.send({ ...plain, method }), { code: "REJECTED", status: 307 });
      assert.deepEqual(attacker.seen, []);
    });
  }

  it("of a token request", async () => {
    const attacker = await server((_, response) => response.end('{"access_token":"x"}'));
    const own = await server(redirectTo(() => `${attacker.origin}/oauth2/token`));
    const transport = createTransport({
      endpoint: parseLoginServer(own.origin),
      credential: { kind: "token", username: "user", password: "PASSWORDCANARY" },
    });
    open.push(transport);
    await assert.rejects(transport.send(download), { code: "REJECTED" });
    assert.deepEqual(attacker.seen, []);
  });
});

describe("a secret", () => {
  it("appears in no log line and in no error", async () => {
    const lines: string[] = [];
    const { log } = AzureLogger;
    const level = getLogLevel();
    AzureLogger.log = (...parts: unknown[]) => void lines.push(inspect(parts));
    setLogLevel("verbose");
    try {
      const storage = await server((_, response) =>
        response.writeHead(403, { "set-cookie": "COOKIECANARY" }).end("SIGCANARY"),
      );
      const { transport } = await registry((request, response) => {
        if (request.method === "PATCH") return void response.destroy();
        const location = `${storage.origin}/b?sig=SIGCANARY&n=5`;
        response.writeHead(307, { location, "set-cookie": "COOKIECANARY" }).end();
      });
      const path = "/v2/a/blobs/uploads/1?_state=STATECANARY&digest=sha256:1";
      const asked = [download, { ...download, method: "PATCH" as const, path }];
      for (const request of asked) {
        const [result] = await Promise.allSettled([transport.send(request)]);
        assert.equal(result.status, "rejected");
        lines.push(inspect(result, { depth: 10, showHidden: true }), JSON.stringify(result));
      }
    } finally {
      AzureLogger.log = log;
      setLogLevel(level ?? undefined);
    }
    const text = lines.join("\n");
    assert.match(text, /_state=…&digest=sha256:1/);
    assert.match(text, /sig=…&n=5/);
    for (const secret of SECRETS) assert.ok(!text.includes(secret), secret);
    assert.ok(!text.includes(Buffer.from("user:PASSWORDCANARY").toString("base64")));
  });
});
