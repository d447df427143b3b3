import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { startEmulator } from "../../../emulator/index.js";
import type { Credential } from "../../../provider/auth/credential.js";
import { CATALOG_SCOPE, repositoryScope } from "../../../provider/auth/scope.js";
import { createTransport } from "../../../provider/http/createTransport.js";
import { parseLoginServer } from "../../../provider/oci/loginServer.js";
import { type Answer, json, scriptedRegistry } from "./scriptedRegistry.js";

const ok: Answer = { status: 200, body: "{}" };
const challenge = (more = ""): Answer => ({
  ...json({ errors: [{ code: "UNAUTHORIZED", message: "authentication required" }] }, 401),
  headers: {
    "www-authenticate": `Bearer realm="https://evil.example/t",service="evil",scope="*"${more}`,
  },
});

describe("a 401", () => {
  it("renews the token once, without looking at the challenge", async () => {
    const registry = scriptedRegistry((_, n) => (n === 1 ? challenge() : ok));
    assert.equal((await registry.ask()).status, 200);
    const { loginServer } = registry;
    const query = `service=${loginServer}&scope=repository%3Aa%3Apull`;
    assert.deepEqual(
      registry.tokens.map(({ url }) => url),
      Array.from({ length: 2 }, () => `https://${loginServer}/oauth2/token?${query}`),
    );
    const [first, second] = registry.sent.map(({ headers }) => headers["authorization"]);
    assert.notEqual(first, second);
  });

  const second = [
    {
      name: "UNAUTHORIZED",
      more: "",
      code: "UNAUTHORIZED",
      message: /does not accept the credential/,
    },
    {
      name: "insufficient_scope",
      more: ',error="insufficient_scope"',
      code: "DENIED",
      message: /lacks the permission/,
    },
  ];
  for (const { name, more, code, message } of second) {
    it(`is final the second time: ${name}`, async () => {
      const registry = scriptedRegistry(() => challenge(more));
      const asked = registry.ask({ scopes: [repositoryScope("a", "pull", "push")] });
      await assert.rejects(asked, (error: Error & { code: string }) => {
        assert.equal(error.code, code);
        assert.match(error.message, message);
        assert.match(
          error.message,
          /repository:a:pull,push \(AcrPush, or .*Repository Writer; scope map: content\/write/,
        );
        assert.match(
          error.message,
          /points to another place \(evil\.example\), which was not asked/,
        );
        return true;
      });
      assert.equal(registry.sent.length, 2);
    });
  }
});

describe("signing in to the emulator", () => {
  const kinds: readonly ("token" | "entra" | "anonymous")[] = ["token", "entra", "anonymous"];
  for (const kind of kinds) {
    it(`${kind}: no wasted 401, and one token for many requests`, async () => {
      const emulator = await startEmulator({ anonymousPull: kind === "anonymous" });
      const credentials: Record<typeof kind, Credential> = {
        anonymous: { kind: "anonymous" },
        token: { kind: "token", ...emulator.credentials },
        entra: {
          kind: "entra",
          credential: {
            getToken: async () => ({
              token: await emulator.entra.issueToken(),
              expiresOnTimestamp: Date.now() + 3_600_000,
            }),
          },
        },
      };
      const transport = createTransport({
        endpoint: parseLoginServer(emulator.url),
        credential: credentials[kind],
      });
      try {
        for (let n = 0; n < 3; n += 1) {
          const answer = await transport.send({
            method: "GET",
            path: "/acr/v1/_catalog",
            scopes: [CATALOG_SCOPE],
            operation: "list repositories",
            expect: [200],
            repeatable: true,
          });
          await answer.discard();
        }
        const statuses = emulator.journal.entries.map(({ path, status }) => `${path} ${status}`);
        const tokens =
          kind === "entra" ? ["/oauth2/exchange 200", "/oauth2/token 200"] : ["/oauth2/token 200"];
        const calls = Array.from({ length: 3 }, () => "/acr/v1/_catalog 200");
        assert.deepEqual(statuses, [...tokens, ...calls]);
      } finally {
        transport.close();
        await emulator.close();
      }
    });
  }
});
