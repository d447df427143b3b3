import assert from "node:assert/strict";
import { describe, it } from "mocha";

import type { Emulator, EmulatorOptions, RoleName } from "../../emulator/index.js";
import { pushImage } from "./content.js";
import { type Received, basic, exchange, withEmulator } from "./exchange.js";

const options: EmulatorOptions = {
  tokens: [
    {
      name: "ci",
      password: "first",
      password2: "second",
      repositories: {
        "team/*": ["content/read", "metadata/read"],
        "team/app": ["content/read", "content/write"],
      },
    },
  ],
};

/** The status of a request with a bearer token that was asked for with Basic. */
async function statusOf(
  emulator: Emulator,
  credentials: Emulator["credentials"],
  method: string,
  path: string,
  scope: string,
): Promise<number> {
  const token = await exchange(`${emulator.url}/oauth2/token?scope=${encodeURIComponent(scope)}`, {
    headers: { authorization: basic(credentials) },
  });
  assert.equal(token.status, 200);
  const { access_token: access } = JSON.parse(token.body.toString()) as { access_token: string };
  const headers = { authorization: `Bearer ${access}` };
  return (await exchange(emulator.url + path, { method, headers })).status;
}

const rows: readonly [says: string, method: string, path: string, scope: string, status: number][] =
  [
    ["reads", "GET", "/v2/team/app/manifests/v1", "repository:team/app:pull", 200],
    ["pushes", "POST", "/v2/team/app/blobs/uploads/", "repository:team/app:pull,push", 202],
    ["lists tags", "GET", "/acr/v1/team/app/_tags", "repository:team/app:metadata_read", 200],
    ["pushes elsewhere", "POST", "/v2/team/b/blobs/uploads/", "repository:team/b:pull,push", 401],
    ["deletes", "DELETE", "/acr/v1/team/app", "repository:team/app:delete", 401],
    ["reads what is not its own", "GET", "/v2/own/manifests/v1", "repository:own:pull", 401],
    [
      "reads a namesake of the prefix",
      "GET",
      "/v2/teams/manifests/v1",
      "repository:teams:pull",
      401,
    ],
    ["lists repositories", "GET", "/acr/v1/_catalog", "registry:catalog:*", 401],
  ];

describe("a repository-scoped token", () => {
  for (const [says, method, path, scope, status] of rows) {
    it(`${says}: ${String(status)}`, () =>
      withEmulator(options, async (emulator) => {
        await pushImage(emulator, "team/app", "v1");
        await pushImage(emulator, "own", "v1");
        const credentials = { username: "ci", password: "first" };
        assert.equal(await statusOf(emulator, credentials, method, path, scope), status);
        // Basic sent to the API directly gets the same answer.
        const headers = { authorization: basic({ ...credentials, password: "second" }) };
        assert.equal((await exchange(emulator.url + path, { method, headers })).status, status);
      }));
  }

  it("has its own password", () =>
    withEmulator(options, async (emulator) => {
      for (const password of ["third", "", emulator.credentials.password]) {
        const authorization = basic({ username: "ci", password });
        const url = `${emulator.url}/oauth2/token?scope=repository:team/app:pull`;
        assert.equal((await exchange(url, { headers: { authorization } })).status, 401);
      }
    }));
});

describe("an Entra identity with roles", () => {
  const may: readonly [roles: readonly RoleName[], pull: number, push: number, remove: number][] = [
    [[], 401, 401, 401],
    [["AcrPull"], 200, 401, 401],
    [["AcrPush"], 200, 202, 401],
    [["AcrDelete"], 401, 401, 202],
  ];
  for (const [roles, pull, push, remove] of may) {
    it(`${roles.join() || "none"}: what it may not is missing from its token`, () =>
      withEmulator({}, async (emulator) => {
        await pushImage(emulator, "a", "v1");
        const access = await accessToken(emulator, roles);
        const send = async (method: string, path: string): Promise<number> => {
          const headers = { authorization: `Bearer ${access}` };
          return (await exchange(emulator.url + path, { method, headers })).status;
        };
        assert.equal(await send("GET", "/v2/a/manifests/v1"), pull);
        assert.equal(await send("POST", "/v2/a/blobs/uploads/"), push);
        assert.equal(await send("DELETE", "/acr/v1/a"), remove);
      }));
  }
});

async function accessToken(emulator: Emulator, roles: readonly RoleName[]): Promise<string> {
  const post = (path: string, form: Record<string, string>): Promise<Received> => {
    const body = new URLSearchParams(form).toString();
    return exchange(emulator.url + path, { method: "POST", body });
  };
  const entra = await emulator.entra.issueToken({ roles });
  const exchanged = await post("/oauth2/exchange", {
    grant_type: "access_token",
    access_token: entra,
  });
  const { refresh_token } = JSON.parse(exchanged.body.toString()) as { refresh_token: string };
  const scope = "repository:a:pull,push,delete";
  const form = { grant_type: "refresh_token", refresh_token, scope };
  const { access_token } = JSON.parse((await post("/oauth2/token", form)).body.toString()) as {
    access_token: string;
  };
  return access_token;
}
