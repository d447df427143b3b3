import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { digestOf } from "pulumi-acr/client";
import {
  CALLS,
  hostileRegistry,
  PASSWORD,
  TOKEN,
  type Hostility,
} from "../support/hostileRegistry.js";
import type { Recorded } from "../support/attacker.js";

const CONTENT = "content";
const DIGEST = digestOf(CONTENT);
const SECRETS = [PASSWORD, TOKEN, Buffer.from(`user:${PASSWORD}`).toString("base64")];

const redirect =
  (location: (places: { attacker: string; registry: string }) => string, status = 307): Hostility =>
  (places) =>
  (_, response) =>
    void response.writeHead(status, { location: location(places), "set-cookie": "a=b" }).end();

/** Another origin may see no more of a blob request than these headers. */
function assertAnonymous(seen: readonly Recorded[]): void {
  for (const { headers } of seen) {
    const { host: _host, connection: _connection, ...sent } = headers;
    assert.deepEqual(Object.keys(sent).sort(), ["user-agent"]);
    for (const secret of SECRETS) assert.ok(!JSON.stringify(headers).includes(secret));
  }
}

describe("§1.1: a registry that redirects to another host", function () {
  this.timeout(20_000);

  for (const status of [301, 302, 303, 307, 308]) {
    for (const [name, call] of Object.entries(CALLS)) {
      it(`${status}, ${name}`, async () => {
        const { client, attacker } = await hostileRegistry(
          redirect(({ attacker: to }) => `${to}/x?sig=SIG-CANARY`, status),
        );
        const [result] = await Promise.allSettled([call(client)]);
        // Storage may serve a blob, but its bytes are wrong here.
        if (name === "fetch a blob") assertAnonymous(attacker.seen);
        else assert.deepEqual(attacker.seen, []);
        if (result.status === "rejected") {
          const { message } = result.reason as Error;
          for (const secret of [...SECRETS, "SIG-CANARY"]) assert.ok(!message.includes(secret));
        }
      });
    }
  }

  it("a blob: another port receives no credential, and gives the bytes", async () => {
    const { client, attacker } = await hostileRegistry(
      redirect(({ attacker: to }) => `${to}/x`),
      { attacker: (_, response) => response.end(CONTENT) },
    );
    const content = await client.repository("a").blobs.fetch(DIGEST);
    assert.deepEqual(await content.toArray(), [Buffer.from(CONTENT)]);
    assert.equal(attacker.seen.length, 1);
    assertAnonymous(attacker.seen);
  });

  for (const status of [401, 403, 407]) {
    it(`a blob: ${status} and a challenge there start no sign-in`, async () => {
      const challenge =
        'Bearer realm="https://x/",service="evil",scope="repository:*:pull,push,delete"';
      const { client, registry, attacker } = await hostileRegistry(
        redirect(({ attacker: to }) => `${to}/x`),
        {
          attacker: (_, response) =>
            response.writeHead(status, { "www-authenticate": challenge }).end(),
        },
      );
      await assert.rejects(client.repository("a").blobs.fetch(DIGEST), { code: "REJECTED" });
      assertAnonymous(attacker.seen);
      const tokens = registry.seen.filter(({ url }) => url.startsWith("/oauth2/"));
      assert.equal(tokens.length, 1);
      assert.ok(tokens.every(({ url }) => !url.includes("delete") && !url.includes("evil")));
    });
  }

  it("a blob: from https to http is refused", async () => {
    const { client, attacker } = await hostileRegistry(
      redirect(({ attacker: to }) => `${to}/x?sig=SIG-CANARY`),
      { plainAttacker: true },
    );
    await assert.rejects(client.repository("a").blobs.fetch(DIGEST), (error: Error) => {
      assert.match(error.message, /without https/);
      return !error.message.includes("SIG-CANARY");
    });
    assert.deepEqual(attacker.seen, []);
  });

  const refused: Readonly<Record<string, (attacker: string) => string>> = {
    "the metadata of a virtual machine": () => "https://169.254.169.254/metadata/identity",
    "a private address": () => "https://10.0.0.1/",
    "a name of somebody's": () => "https://evil.example/x",
    "a host without a scheme": () => "//evil.example/x",
    "a user name in front of the host": (attacker) => attacker.replace("//", "//127.0.0.1@"),
    "a user name and a password": (attacker) => attacker.replace("//", "//a:b@"),
    "another protocol": () => "file:///etc/passwd",
    "no URL": () => "https://[",
  };
  for (const [name, location] of Object.entries(refused)) {
    it(`a blob: ${name}`, async () => {
      const { client, attacker } = await hostileRegistry(
        redirect(({ attacker: to }) => location(to)),
      );
      const [result] = await Promise.allSettled([client.repository("a").blobs.fetch(DIGEST)]);
      assert.equal(result.status, "rejected");
      assert.deepEqual(attacker.seen, []);
    });
  }

  it("a blob: a redirect loop ends after three hops", async () => {
    const { client, registry, attacker } = await hostileRegistry(
      redirect(({ attacker: to }) => `${to}/1`),
      {
        attacker: (request, response) => {
          const next = Number(request.url?.slice(1)) + 1;
          response.writeHead(307, { location: `/${next}` }).end();
        },
      },
    );
    await assert.rejects(client.repository("a").blobs.fetch(DIGEST), { message: /3 redirects/ });
    assert.equal(attacker.seen.length, 3);
    assertAnonymous(attacker.seen);
    assert.ok(registry.seen.length <= 2);
  });

  it("a token request is not redirected", async () => {
    const { client, attacker } = await hostileRegistry(
      redirect(({ attacker: to }) => `${to}/oauth2/token`),
      { tokens: false },
    );
    for (const call of Object.values(CALLS)) await assert.rejects(call(client));
    assert.deepEqual(attacker.seen, []);
  });
});
