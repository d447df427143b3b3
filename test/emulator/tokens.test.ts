import assert from "node:assert/strict";
import { describe, it } from "mocha";

import type { Emulator } from "../../emulator/index.js";
import { pushImage } from "./content.js";
import { type Received, basic, exchange, withEmulator } from "./exchange.js";

function post(emulator: Emulator, path: string, form: Record<string, string>): Promise<Received> {
  return exchange(emulator.url + path, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ service: emulator.loginServer, ...form }).toString(),
  });
}

function tokens(answer: Received): { refresh_token: string; access_token: string } {
  assert.equal(answer.status, 200, answer.body.toString());
  return JSON.parse(answer.body.toString()) as { refresh_token: string; access_token: string };
}

function claims(token: string): Record<string, unknown> {
  const payload = Buffer.from(token.split(".")[1] ?? "", "base64url").toString();
  return JSON.parse(payload) as Record<string, unknown>;
}

async function refreshToken(emulator: Emulator): Promise<string> {
  const entra = await emulator.entra.issueToken();
  const form = { grant_type: "access_token", access_token: entra };
  return tokens(await post(emulator, "/oauth2/exchange", form)).refresh_token;
}

async function tagsWith(emulator: Emulator, token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` };
  return (await exchange(`${emulator.url}/v2/a/tags/list`, { headers })).status;
}

describe("the emulator's tokens", () => {
  it("exchanges an Entra token for a refresh token and an access token", () =>
    withEmulator({}, async (emulator) => {
      await pushImage(emulator, "a", "v1");
      const refresh = await refreshToken(emulator);
      const answer = await post(emulator, "/oauth2/token", {
        grant_type: "refresh_token",
        scope: "repository:a:metadata_read",
        refresh_token: refresh,
      });
      assert.equal(answer.headers["transfer-encoding"], "chunked");
      assert.equal(answer.headers["docker-distribution-api-version"], undefined);
      const access = tokens(answer).access_token;
      assert.equal(await tagsWith(emulator, access), 200);
      // Lifetimes as recorded (refresh) and documented (access).
      const [long, short] = [claims(refresh), claims(access)];
      assert.equal(Number(long["exp"]) - Number(long["nbf"]), 11_700);
      assert.equal(Number(short["exp"]) - Number(short["nbf"]), 4_500);
      assert.equal(long["iss"], "Azure Container Registry");
      assert.equal(long["aud"], emulator.loginServer);
      assert.deepEqual(short["access"], [
        { type: "repository", name: "a", actions: ["metadata_read"] },
      ]);
    }));

  const refused: readonly [says: string, form: (emulator: Emulator) => Promise<string>][] = [
    [
      "for another audience",
      (e) => e.entra.issueToken({ audience: "https://graph.microsoft.com" }),
    ],
    ["that has expired", (e) => e.entra.issueToken({ expiresInSeconds: -60 })],
    ["that is no JWT", () => Promise.resolve("nonsense")],
    ["that was changed", async (e) => `${(await e.entra.issueToken()).slice(0, -8)}AAAAAAAA`],
    ["that is the registry's own", refreshToken],
  ];
  for (const [says, make] of refused) {
    it(`refuses an Entra token ${says} with 401 and no body`, () =>
      withEmulator({}, async (emulator) => {
        const form = { grant_type: "access_token", access_token: await make(emulator) };
        const answer = await post(emulator, "/oauth2/exchange", form);
        assert.deepEqual([answer.status, answer.body.length], [401, 0]);
        assert.equal(answer.headers["www-authenticate"], undefined);
      }));
  }

  it("accepts Azure Resource Manager's audience, unless that is disabled", async () => {
    for (const armAudience of [true, false]) {
      await withEmulator({ armAudience }, async (emulator) => {
        const token = await emulator.entra.issueToken({
          audience: "https://management.azure.com/",
        });
        const form = { grant_type: "access_token", access_token: token };
        const answer = await post(emulator, "/oauth2/exchange", form);
        assert.equal(answer.status, armAudience ? 200 : 401);
      });
    }
  });

  it("a bad refresh token may be answered with JSON", () =>
    withEmulator({ tokenErrorBody: true }, async (emulator) => {
      const form = { grant_type: "refresh_token", refresh_token: "nonsense" };
      const answer = await post(emulator, "/oauth2/token", form);
      assert.equal(answer.status, 401);
      assert.match(answer.body.toString(), /"code":"UNAUTHORIZED"/);
    }));

  it("user name and password by form, by Basic, and a refresh token as docker login sends it", () =>
    withEmulator({}, async (emulator) => {
      await pushImage(emulator, "a", "v1");
      const scope = "repository:a:metadata_read";
      const { username, password } = emulator.credentials;
      const byForm = { grant_type: "password", username, password, scope };
      const form = await post(emulator, "/oauth2/token", byForm);
      const url = `${emulator.url}/oauth2/token?scope=${scope}`;
      const get = (authorization: string): Promise<Received> =>
        exchange(url, { headers: { authorization } });
      const docker = {
        username: "00000000-0000-0000-0000-000000000000",
        password: await refreshToken(emulator),
      };
      for (const answer of [
        form,
        await get(basic(emulator.credentials)),
        await get(basic(docker)),
      ]) {
        assert.equal(await tagsWith(emulator, tokens(answer).access_token), 200);
      }
      const wrong = await get(basic({ username, password: "wrong" }));
      assert.equal(wrong.status, 401);
      assert.equal(
        (await post(emulator, "/oauth2/token", { ...byForm, password: "x" })).status,
        401,
      );
    }));

  it("accepts an access token as docker login sends it, for what it grants and no more", () =>
    withEmulator({}, async (emulator) => {
      await pushImage(emulator, "a", "v1");
      const access = tokens(
        await post(emulator, "/oauth2/token", {
          grant_type: "refresh_token",
          scope: "repository:a:pull",
          refresh_token: await refreshToken(emulator),
        }),
      ).access_token;
      const user = { username: "00000000-0000-0000-0000-000000000000", password: access };
      const headers = { authorization: basic(user) };
      const query = "service=x&scope=repository:a:pull,push&scope=repository:b:pull";
      const answer = await exchange(`${emulator.url}/oauth2/token?${query}`, { headers });
      assert.deepEqual(claims(tokens(answer).access_token)["access"], [
        { type: "repository", name: "a", actions: ["pull"] },
      ]);
      const statuses = await Promise.all(
        ["/v2/a/manifests/v1", "/v2/a/tags/list", "/v2/_catalog"].map(async (path) => {
          return (await exchange(emulator.url + path, { headers })).status;
        }),
      );
      assert.deepEqual(statuses, [200, 401, 401]);
    }));

  it("lets anonymous clients read if allowed, and never refuses a scope", () =>
    withEmulator({ anonymousPull: true }, async (emulator) => {
      await pushImage(emulator, "a", "v1");
      const scope = "repository:a:pull,push,metadata_read,delete";
      const answer = await post(emulator, "/oauth2/token", {
        grant_type: "password",
        refresh_token: "",
        scope,
      });
      const token = tokens(answer).access_token;
      assert.equal(await tagsWith(emulator, token), 200);
      const headers = { authorization: `Bearer ${token}` };
      const push = await exchange(`${emulator.url}/v2/a/blobs/uploads/`, {
        method: "POST",
        headers,
      });
      assert.equal(push.status, 401);
      assert.match(push.headers["www-authenticate"] ?? "", /error="insufficient_scope"$/);
      assert.equal((await exchange(`${emulator.url}/oauth2/token?scope=${scope}`)).status, 200);
    }));

  it("gives no token without a credential unless anonymous pull is enabled", () =>
    withEmulator({}, async (emulator) => {
      assert.equal((await post(emulator, "/oauth2/token", { grant_type: "password" })).status, 401);
      assert.equal((await exchange(`${emulator.url}/oauth2/token?scope=x`)).status, 401);
    }));

  it("answers have the date of the emulator's clock, by which clients measure tokens", async () => {
    const now = Date.UTC(2031, 4, 6, 7, 8, 9);
    await withEmulator({ now: () => now }, async (emulator) => {
      const { headers } = await exchange(`${emulator.url}/oauth2/token`);
      assert.equal(headers["date"], "Tue, 06 May 2031 07:08:09 GMT");
    });
  });

  it("an access token expires", async () => {
    let now = Date.now();
    await withEmulator({ now: () => now }, async (emulator) => {
      const refresh = await refreshToken(emulator);
      const form = {
        grant_type: "refresh_token",
        refresh_token: refresh,
        scope: "repository:a:metadata_read",
      };
      const { access_token: token } = tokens(await post(emulator, "/oauth2/token", form));
      assert.equal(await tagsWith(emulator, token), 404);
      now += 4_501_000;
      assert.equal(await tagsWith(emulator, token), 401);
      now += 11_700_000;
      assert.equal((await post(emulator, "/oauth2/token", form)).status, 401);
    });
  });
});
