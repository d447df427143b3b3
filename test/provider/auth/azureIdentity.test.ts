import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, it } from "mocha";
import type { Credential } from "../../../provider/auth/credential.js";
import { hasCode } from "../../../provider/errors.js";
import { AZURE_CLOUDS, RegistryClient } from "../../../provider/registry/index.js";
import { TemporaryFolder } from "../../support/temporaryFolder.js";
import { environmentForTests } from "./environmentVariables.js";
import { ScriptedEntra } from "./scriptedEntra.js";
import { sign } from "./unsignedToken.js";

const TENANT = "11111111-2222-3333-4444-555555555555";
const CLIENT = "66666666-7777-8888-9999-000000000000";
/** MSAL treats `login.chinacloudapi.cn` as an alias of this host. */
const CHINA = "login.partner.microsoftonline.cn";
const SECRET = "canary-secret-of-the-client";

/** Unset, so that the machine's own identity does not interfere. */
const NONE = Object.fromEntries(
  [
    ...[
      "AZURE_TENANT_ID",
      "AZURE_CLIENT_ID",
      "AZURE_CLIENT_SECRET",
      "AZURE_CLIENT_CERTIFICATE_PATH",
    ],
    ...[
      "AZURE_FEDERATED_TOKEN_FILE",
      "AZURE_AUTHORITY_HOST",
      "IDENTITY_ENDPOINT",
      "IDENTITY_HEADER",
    ],
    ...["MSI_ENDPOINT", "MSI_SECRET", "AZURE_POD_IDENTITY_AUTHORITY_HOST"],
  ].map((name) => [name, undefined]),
);

describe("Azure identities, through the classes of @azure/identity", function () {
  this.timeout(20_000);
  const set = environmentForTests();
  let folder: TemporaryFolder;
  beforeEach(() => {
    folder = new TemporaryFolder();
    set(NONE);
  });
  afterEach(() => folder.remove());

  const list = async (
    loginServer: string,
    httpClient: ScriptedEntra,
    options: { credential?: Credential; audience?: string; authorityHost?: string } = {},
  ): Promise<void> => {
    const credential = options.credential ?? { kind: "environment" };
    const retry = { maxRetries: 0 };
    const registry = new RegistryClient(loginServer, { retry, ...options, credential, httpClient });
    try {
      for await (const name of registry.repositories()) assert.fail(name);
    } finally {
      registry.close();
    }
  };
  const principal = {
    AZURE_TENANT_ID: TENANT,
    AZURE_CLIENT_ID: CLIENT,
    AZURE_CLIENT_SECRET: SECRET,
  };

  for (const [loginServer, cloud, host] of [
    ["contoso.azurecr.io", AZURE_CLOUDS.public, "login.microsoftonline.com"],
    ["contoso.azurecr.cn", AZURE_CLOUDS.china, CHINA],
    ["contoso.azurecr.us", AZURE_CLOUDS.usGovernment, "login.microsoftonline.us"],
  ] as const) {
    it(`${loginServer} is reached through its own cloud`, async () => {
      set(principal);
      const entra = new ScriptedEntra();
      await list(loginServer, entra);
      const [asked] = entra.tokenRequests;
      assert.equal(asked?.url.host, host);
      assert.equal(asked.url.pathname, `/${TENANT}/oauth2/v2.0/token`);
      assert.ok(asked.form.get("scope")?.split(" ").includes(`${cloud.audience}/.default`));
      assert.equal(asked.form.get("client_secret"), SECRET);
      const authorities = entra.asked
        .map(({ url }) => url.host)
        .filter((host) => host !== loginServer);
      assert.deepEqual([...new Set(authorities)], [host]);
    });

    it(`${cloud.authorityHost} can be named for a registry under any name`, async () => {
      set(principal);
      const entra = new ScriptedEntra();
      await list("registry.contoso.com", entra, cloud);
      assert.equal(entra.tokenRequests[0]?.url.host, host);
    });
  }

  it("the environment names the authority of all of Azure's libraries; an option goes before it", async () => {
    set({ ...principal, AZURE_AUTHORITY_HOST: "https://login.microsoftonline.us" });
    const first = new ScriptedEntra();
    await list("contoso.azurecr.io", first);
    assert.equal(first.tokenRequests[0]?.url.host, "login.microsoftonline.us");
    const second = new ScriptedEntra();
    await list("contoso.azurecr.io", second, { authorityHost: "login.chinacloudapi.cn" });
    assert.equal(second.tokenRequests[0]?.url.host, CHINA);
  });

  it("a private authority is used without asking Entra's public host", async () => {
    set(principal);
    const entra = new ScriptedEntra();
    await list("contoso.azurecr.io", entra, { authorityHost: "https://adfs.contoso.com" });
    const hosts = new Set(entra.asked.map(({ url }) => url.host));
    assert.deepEqual([...hosts].sort(), ["adfs.contoso.com", "contoso.azurecr.io"]);
  });

  it("workload identity sends the federated token of the file", async () => {
    const tokenFile = join(folder.path, "token");
    writeFileSync(tokenFile, sign({ sub: "system:serviceaccount:apps:web" }));
    set({
      AZURE_TENANT_ID: TENANT,
      AZURE_CLIENT_ID: CLIENT,
      AZURE_FEDERATED_TOKEN_FILE: tokenFile,
    });
    const entra = new ScriptedEntra();
    await list("contoso.azurecr.io", entra, { credential: { kind: "workload-identity" } });
    const form = entra.tokenRequests[0]?.form;
    assert.match(form?.get("client_assertion_type") ?? "", /jwt-bearer$/);
    assert.match(form?.get("client_assertion") ?? "", /^ey/);
    const given = {
      kind: "workload-identity",
      clientId: "other",
      tenantId: TENANT,
      tokenFile,
    } as const;
    const other = new ScriptedEntra();
    await list("contoso.azurecr.io", other, { credential: given });
    assert.equal(other.tokenRequests[0]?.form.get("client_id"), "other");
  });

  it("managed identity asks the machine, with the given client id", async () => {
    const env = {
      ...process.env,
      IDENTITY_ENDPOINT: "http://127.0.0.1:42356/msi/token",
      IDENTITY_HEADER: "canary-header",
    };
    const program = [join(__dirname, "askManagedIdentity.js"), CLIENT];
    const { stdout } = await promisify(execFile)(process.execPath, program, { env });
    const asked = JSON.parse(stdout) as Record<string, string>;
    assert.equal(asked["client_id"], CLIENT);
    assert.equal(asked["resource"], "https://containerregistry.azure.net");
  });

  for (const [error, advice] of [
    [
      "AADSTS7000215: Invalid client secret provided.",
      /secret is wrong: AZURE_CLIENT_SECRET must be/,
    ],
    [
      "AADSTS7000222: The provided client secret keys are expired.",
      /secret has expired: create a new one/,
    ],
    [
      "AADSTS700016: Application was not found in the directory.",
      /Check AZURE_CLIENT_ID and AZURE_TENANT_ID/,
    ],
    [
      "AADSTS700213: No matching federated identity record found.",
      /federated token is refused|Check AZURE_CLIENT_ID/,
    ],
    ["AADSTS90002: Tenant not found.", /no such tenant in this cloud/],
    ["AADSTS500011: The resource principal was not found.", /set another one with `audience`/],
    [
      "AADSTS50196: The server terminated an operation: client request loop.",
      /throttling: try again later/,
    ],
  ] as const) {
    it(`says what to do about ${error.slice(0, 13)}`, async () => {
      set(principal);
      const body = {
        error: "invalid_client",
        error_description: `${error} Trace ID: 0`,
        error_codes: [],
      };
      const entra = new ScriptedEntra(({ url }) =>
        url.pathname.endsWith("/token") ? { status: 401, body } : undefined,
      );
      await assert.rejects(list("contoso.azurecr.io", entra), (failure: Error) => {
        assert.match(failure.message, /with the credential "environment"/);
        assert.match(failure.message, advice);
        assert.ok(!failure.message.includes(SECRET));
        return hasCode(failure, "CREDENTIAL_UNAVAILABLE");
      });
    });
  }

  for (const [credential, advice] of [
    [
      { kind: "environment" },
      /needs the environment variables AZURE_TENANT_ID and AZURE_CLIENT_ID/,
    ],
    [{ kind: "workload-identity" }, /AZURE_FEDERATED_TOKEN_FILE, a readable file/],
    [
      { kind: "workload-identity", tenantId: TENANT, clientId: CLIENT, tokenFile: "/absent" },
      /ENOENT/,
    ],
    [{ kind: "azure-cli" }, /Install the Azure CLI and sign in \("az login"\)/],
  ] as const) {
    it(`says where ${credential.kind} looks, if there is nothing${"tokenFile" in credential ? " in the file" : ""}`, async () => {
      set({ PATH: folder.path });
      await assert.rejects(
        list("contoso.azurecr.io", new ScriptedEntra(), { credential }),
        (failure: Error) => {
          assert.match(failure.message, advice);
          return hasCode(failure, "CREDENTIAL_UNAVAILABLE");
        },
      );
    });
  }

  it("the Azure CLI is asked for the audience", async () => {
    const token = JSON.stringify({
      accessToken: sign({}),
      expires_on: Math.floor(Date.now() / 1000) + 3600,
    });
    const log = join(folder.path, "asked");
    writeFileSync(join(folder.path, "az"), `#!/bin/sh\necho "$@" >> '${log}'\necho '${token}'\n`, {
      mode: 0o755,
    });
    set({ PATH: `${folder.path}:${process.env["PATH"] ?? ""}` });
    const entra = new ScriptedEntra();
    await list("contoso.azurecr.us", entra, {
      credential: { kind: "azure-cli", tenantId: TENANT },
    });
    assert.match(readFileSync(log, "utf8"), /--resource https:\/\/management\.usgovcloudapi\.net/);
  });
});
