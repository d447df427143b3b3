import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  ClientCertificateCredential,
  ClientSecretCredential,
  type TokenCredential,
  WorkloadIdentityCredential,
} from "@azure/identity";
import { after, before, describe, it } from "mocha";

import { type Emulator, type EmulatorOptions, startEmulator } from "../../emulator/index.js";
import { TemporaryFolder } from "../support/temporaryFolder.js";
import { exchange } from "./exchange.js";

const registryScope = "https://containerregistry.azure.net/.default";
const tenantId = randomUUID();
const clientId = randomUUID();
const machineId = randomUUID();
const issuer = "https://cluster.example/";
const subject = "system:serviceaccount:build:publisher";

/** The application's certificate with its key, and the key of a trusted issuer. */
async function makeKeys(): Promise<{ certificate: string; key: string; federated: FederatedKey }> {
  const { generate } = await import("selfsigned");
  const { cert, private: key } = await generate([{ name: "commonName", value: "publisher" }], {
    keyType: "rsa",
    algorithm: "sha256",
  });
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
  return { certificate: cert, key, federated: { privateKey, pem } };
}

interface FederatedKey {
  readonly privateKey: ReturnType<typeof generateKeyPairSync>["privateKey"];
  readonly pem: string;
}

async function federatedToken(
  { privateKey }: FederatedKey,
  claims: { readonly subject?: string; readonly expires?: number; readonly audience?: string } = {},
): Promise<string> {
  const { SignJWT } = await import("jose");
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({})
    .setProtectedHeader({ alg: "RS256" })
    .setIssuer(issuer)
    .setSubject(claims.subject ?? subject)
    .setAudience(claims.audience ?? "api://AzureADTokenExchange")
    .setIssuedAt(now)
    .setExpirationTime(now + (claims.expires ?? 3600))
    .sign(privateKey);
}

/** The status of `/oauth2/exchange` for a token. */
async function exchangeStatus(emulator: Emulator, token: string): Promise<number> {
  const form = { grant_type: "access_token", service: emulator.loginServer, access_token: token };
  const body = new URLSearchParams(form).toString();
  return (await exchange(`${emulator.url}/oauth2/exchange`, { method: "POST", body })).status;
}

describe("the classes of @azure/identity against the emulator's Entra ID", () => {
  const folder = new TemporaryFolder();
  const tokenFile = join(folder.path, "token");
  const certificateFile = join(folder.path, "certificate.pem");
  let keys: Awaited<ReturnType<typeof makeKeys>>;
  let emulator: Emulator;

  before(async () => {
    keys = await makeKeys();
    folder.write({ "certificate.pem": keys.key + keys.certificate });
    folder.write({ token: await federatedToken(keys.federated) });
    const application = {
      clientId,
      clientSecret: "canary-secret",
      certificate: keys.certificate,
      federatedCredentials: [{ issuer, subject, publicKey: keys.federated.pem }],
    };
    const entra: EmulatorOptions["entra"] = {
      tenantId,
      applications: [application],
      managedIdentities: [{ clientId: machineId }],
    };
    emulator = await startEmulator({ entra });
  });
  after(async () => {
    await emulator.close();
    folder.remove();
  });

  /** Instance discovery would ask login.microsoftonline.com, whatever the authority. */
  const options = (): object => ({
    authorityHost: emulator.entra.authorityHost,
    disableInstanceDiscovery: true,
    retryOptions: { maxRetries: 0 },
    tlsOptions: { ca: emulator.caCertificate },
  });

  const good: Readonly<Record<string, () => TokenCredential>> = {
    "a client secret": () =>
      new ClientSecretCredential(tenantId, clientId, "canary-secret", options()),
    "a client certificate": () =>
      new ClientCertificateCredential(tenantId, clientId, certificateFile, options()),
    "a federated token": () =>
      new WorkloadIdentityCredential({
        tenantId,
        clientId,
        tokenFilePath: tokenFile,
        ...options(),
      }),
  };
  for (const [what, credential] of Object.entries(good)) {
    it(`${what} becomes a token that the registry exchanges`, async () => {
      const token = await credential().getToken(registryScope);
      assert.ok(token !== null);
      assert.equal(await exchangeStatus(emulator, token.token), 200);
      const left = token.expiresOnTimestamp - Date.now();
      assert.ok(left > 3_500_000 && left < 3_700_000, String(left));
    });
  }

  const bad: readonly [says: string, credential: () => Promise<TokenCredential>, error: RegExp][] =
    [
      ["a wrong secret", () => secret(tenantId, clientId, "wrong"), /AADSTS7000215/],
      ["an unknown application", () => secret(tenantId, randomUUID(), "x"), /AADSTS700016/],
      ["an unknown tenant", () => secret(randomUUID(), clientId, "canary-secret"), /AADSTS90002/],
      [
        "another subject",
        () => federated({ subject: "system:serviceaccount:a:b" }),
        /AADSTS700213/,
      ],
      ["another audience", () => federated({ audience: "api://else" }), /AADSTS700212/],
      ["an expired assertion", () => federated({ expires: -600 }), /AADSTS700024/],
      ["a key that is not trusted", () => federated({}, true), /AADSTS700027/],
      ["another certificate", otherCertificate, /AADSTS700027/],
    ];
  for (const [says, credential, error] of bad) {
    it(`${says} is refused with ${error.source}`, async () => {
      const made = await credential();
      await assert.rejects(made.getToken(registryScope), error);
    });
  }

  it("an unknown resource is refused", async () => {
    const credential = new ClientSecretCredential(tenantId, clientId, "canary-secret", options());
    await assert.rejects(credential.getToken("https://else.example/.default"), /AADSTS500011/);
  });

  for (const form of ["virtualMachine", "appService"] as const) {
    it(`a managed identity, as on ${form}`, async () => {
      const program = `
        const { ManagedIdentityCredential } = require("@azure/identity");
        new ManagedIdentityCredential({ clientId: process.argv[1] })
          .getToken("${registryScope}")
          .then(({ token }) => process.stdout.write(token));`;
      const { stdout } = await promisify(execFile)(process.execPath, ["-e", program, machineId], {
        cwd: __dirname,
        env: {
          PATH: process.env["PATH"],
          NODE_EXTRA_CA_CERTS: emulator.caCertificateFile,
          ...emulator.entra.managedIdentity?.[form],
        },
      });
      assert.equal(await exchangeStatus(emulator, stdout), 200);
    });
  }

  it("the endpoints of managed identities require their headers", async () => {
    const { authorityHost = "" } = emulator.entra;
    const ca = emulator.caCertificate ?? "";
    const resource = "resource=https://management.azure.com/";
    const imds = `${authorityHost}/metadata/identity/oauth2/token?api-version=2018-02-01&${resource}`;
    assert.equal((await exchange(imds, { ca })).status, 400);
    assert.equal((await exchange(imds, { ca, headers: { metadata: "true" } })).status, 200);
    const { IDENTITY_ENDPOINT = "" } = emulator.entra.managedIdentity?.appService ?? {};
    const appService = `${IDENTITY_ENDPOINT}?api-version=2019-08-01&${resource}`;
    const headers = { "x-identity-header": "wrong" };
    assert.equal((await exchange(appService, { ca, headers })).status, 401);
  });

  it("the journal has the requests, without the secret", async () => {
    await secret(tenantId, clientId, "canary-secret").then((one) => one.getToken(registryScope));
    const entries = emulator.journal.entries.filter(({ server }) => server === "entra");
    assert.ok(entries.some(({ path }) => path === `/${tenantId}/oauth2/v2.0/token`));
    assert.ok(!JSON.stringify(emulator.journal.entries).includes("canary"));
  });

  function secret(tenant: string, client: string, value: string): Promise<TokenCredential> {
    return Promise.resolve(new ClientSecretCredential(tenant, client, value, options()));
  }

  async function federated(
    claims: Parameters<typeof federatedToken>[1],
    otherKey = false,
  ): Promise<TokenCredential> {
    const key = otherKey ? (await makeKeys()).federated : keys.federated;
    folder.write({ other: await federatedToken(key, claims) });
    const tokenFilePath = join(folder.path, "other");
    return new WorkloadIdentityCredential({ tenantId, clientId, tokenFilePath, ...options() });
  }

  async function otherCertificate(): Promise<TokenCredential> {
    const { key, certificate } = await makeKeys();
    folder.write({ "other.pem": key + certificate });
    const file = join(folder.path, "other.pem");
    return new ClientCertificateCredential(tenantId, clientId, file, options());
  }
});
