import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Credential } from "pulumi-acr/client";
import { CALLS, hostileRegistry, PASSWORD, TOKEN } from "../support/hostileRegistry.js";

interface Places {
  readonly attacker: string;
  readonly registry: string;
}

const realms: Readonly<Record<string, (places: Places) => string>> = {
  "the attacker": ({ attacker }) => `Bearer realm="${attacker}/token",service="r"`,
  "plain http": ({ registry }) =>
    `Bearer realm="${registry.replace("https:", "http:")}/token",service="r"`,
  "the attacker without a scheme": ({ attacker }) =>
    `Bearer realm="${attacker.replace("https:", "")}/token",service="r"`,
  "a user name in front of the attacker": ({ attacker, registry }) =>
    `Bearer realm="${registry}@${attacker.replace("https://", "")}/token"`,
  backslashes: ({ attacker }) => `Bearer realm="${attacker.replaceAll("/", "\\\\")}"`,
  "the attacker in a second challenge": ({ attacker, registry }) =>
    `Basic realm="${registry}", Bearer realm="${attacker}/token"`,
  "the attacker in a second realm": ({ attacker, registry }) =>
    `Bearer realm="${registry}/token",realm="${attacker}/token"`,
  "the attacker in quotes that do not end": ({ attacker }) => `Bearer realm="${attacker}/token`,
  "the attacker, after 12 KiB": ({ attacker }) =>
    `Bearer service="${"x".repeat(12_000)}",realm="${attacker}/token"`,
  "no URL": () => 'Bearer realm="https://["',
};

const credentials: Readonly<Record<string, Credential>> = {
  "a password": { kind: "token", username: "user", password: PASSWORD },
  nobody: { kind: "anonymous" },
};

describe("§1.2: a registry whose challenge points elsewhere for a token", function () {
  this.timeout(20_000);
  for (const [who, credential] of Object.entries(credentials)) {
    for (const [name, realm] of Object.entries(realms)) {
      it(`${who}, ${name}: an ACR, and a registry that is none`, async () => {
        for (const tokens of [true, false]) {
          const { client, attacker } = await hostileRegistry(
            (places) => (_, response) =>
              void response
                .writeHead(tokens || _.url === "/v2/" ? 401 : 404, {
                  "www-authenticate": realm(places),
                })
                .end(),
            { tokens, credential },
          );
          await assert.rejects(
            CALLS["fetch a manifest"]?.(client) ?? assert.fail(),
            (error: Error) => {
              assert.ok(error.message.length < 2000);
              for (const secret of [PASSWORD, TOKEN]) assert.ok(!error.message.includes(secret));
              return true;
            },
          );
          assert.deepEqual(attacker.seen, []);
        }
      });
    }
  }

  it("names the other place, and sends it nothing", async () => {
    const { client, attacker } = await hostileRegistry(
      ({ attacker: to }) =>
        (_, response) =>
          void response.writeHead(401, { "www-authenticate": `Bearer realm="${to}/x"` }).end(),
    );
    await assert.rejects(CALLS["fetch a blob"]?.(client) ?? assert.fail(), {
      code: "UNAUTHORIZED",
      message: new RegExp(`${attacker.host}.*was not asked`),
    });
  });

  const scopes = ["registry:catalog:*", "repository:*:pull,push,delete", "repository:b:delete"];
  for (const scope of scopes) {
    it(`asks for what it needs, not for ${scope}`, async () => {
      for (const tokens of [true, false]) {
        const { client, registry } = await hostileRegistry(
          ({ registry: own }) =>
            ({ url }, response) => {
              const challenge = `Bearer realm="${own}/token",service="evil",scope="${scope}"`;
              if (url?.startsWith("/token") === true) response.end(`{"token":"${TOKEN}"}`);
              else if (url?.startsWith("/oauth2/") === true) response.writeHead(404).end();
              else response.writeHead(401, { "www-authenticate": challenge }).end();
            },
          { tokens },
        );
        await assert.rejects(CALLS["fetch a blob"]?.(client) ?? assert.fail(), {
          code: "UNAUTHORIZED",
        });
        const asked = registry.seen
          .map(({ url }) => new URL(url, registry.origin))
          .filter(({ pathname }) => pathname.endsWith("/token"))
          .flatMap(({ searchParams }) => searchParams.getAll("scope"));
        assert.deepEqual([...new Set(asked)], ["repository:a:pull"]);
      }
    });
  }

  it("a header of 64 KiB ends the request, not the process", async () => {
    const { client } = await hostileRegistry(
      () => (_, response) =>
        void response
          .writeHead(401, { "www-authenticate": `Bearer realm="${"x".repeat(65_536)}"` })
          .end(),
    );
    await assert.rejects(CALLS["fetch a blob"]?.(client) ?? assert.fail(), (error: Error) => {
      return error.message.length < 1000 && "code" in error && error.code === "PROTOCOL";
    });
  });
});
