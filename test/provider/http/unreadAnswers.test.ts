import assert from "node:assert/strict";
import type { RequestListener } from "node:http";
import { Readable } from "node:stream";
import { afterEach, describe, it } from "mocha";
import { repositoryScope } from "../../../provider/auth/scope.js";
import type { Credential } from "../../../provider/auth/credential.js";
import { type ClosableTransport, createTransport } from "../../../provider/http/createTransport.js";
import type { RegistryRequest } from "../../../provider/http/transport.js";
import { parseLoginServer } from "../../../provider/oci/loginServer.js";
import { type LoopbackServer, loopbackServer } from "./loopbackServer.js";

const open: { close(): unknown }[] = [];

afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

/** A registry other than ACR that requires no sign-in at `GET /v2/`. */
async function registry(
  answer: RequestListener,
  credential: Credential,
): Promise<{ server: LoopbackServer; transport: ClosableTransport }> {
  const server = await loopbackServer((request, response) => {
    if (request.url === "/v2/") response.end("{}");
    else if (request.url?.startsWith("/oauth2/") === true) response.writeHead(404).end();
    else answer(request, response);
  });
  const endpoint = parseLoginServer(server.origin);
  const transport = createTransport({ endpoint, credential, maxConcurrency: 2 });
  open.push(transport, server);
  return { server, transport };
}

const request = (more: Partial<RegistryRequest> = {}): RegistryRequest => ({
  method: "GET",
  path: "/v2/a/manifests/x",
  scopes: [repositoryScope("a", "pull")],
  operation: "test",
  expect: [200],
  repeatable: false,
  ...more,
});

describe("an answer that is not read", () => {
  const PASSWORD: Credential = { kind: "token", username: "user", password: "PASSWORD-CANARY" };
  const challenges: readonly [string, Credential, string][] = [
    ["a realm elsewhere", PASSWORD, 'Bearer realm="https://evil.example/t"'],
    ["a password that nobody gave", { kind: "anonymous" }, "Basic"],
  ];
  for (const [name, credential, challenge] of challenges) {
    it(`frees the slots of more 401 answers than there are slots, with ${name}`, async () => {
      const { server, transport } = await registry((_, response) => {
        response.writeHead(401, { "www-authenticate": challenge }).end("{}");
      }, credential);
      for (let n = 0; n < 5; n += 1) {
        await assert.rejects(transport.send(request()), { code: "CREDENTIAL_UNAVAILABLE" });
      }
      assert.equal(server.seen.filter(({ url }) => url.includes("manifests")).length, 5);
      // One connection served all requests, so no unread answer was left in it.
      assert.equal(server.connections, 1);
    });
  }

  it("does not end the process when the transport is closed", async () => {
    let closed: Promise<unknown> | undefined;
    const { transport } = await registry((incoming, response) => {
      closed = new Promise((resolve) => incoming.socket.once("close", resolve));
      response.writeHead(200, { "content-length": "4" }).write("ab");
    }, PASSWORD);
    const answer = await transport.send(request({ followRedirect: true }));
    transport.close();
    await closed;
    await assert.rejects(answer.bytes(10), { code: "ABORTED" });
  });

  it("fails, without ending the process, if it is an incomplete success before the body was sent", async () => {
    let closed: Promise<unknown> | undefined;
    const { transport } = await registry((incoming, response) => {
      closed = new Promise((resolve) => incoming.socket.once("close", resolve));
      response.writeHead(201, { "content-length": "5" }).write("ab");
    }, PASSWORD);
    const body = { size: 1 << 30, open: () => Readable.from(endless()) };
    const put = request({ method: "PUT", expect: [201], body });
    await assert.rejects(transport.send(put), { code: "PROTOCOL" });
    await closed;
  });
});

function* endless(): Generator<Buffer> {
  const piece = Buffer.alloc(1 << 20);
  for (;;) yield piece;
}
