import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as tls from "node:tls";
import * as logging from "@azure/logger";
import { after, afterEach, before, beforeEach, describe, it } from "mocha";
import { type Emulator, startEmulator } from "../../emulator/index.js";
import { type AcrErrorCode, isAcrError } from "../../provider/errors.js";
import {
  type Credential,
  RegistryClient,
  type RegistryClientOptions,
} from "../../provider/registry/index.js";
import { environmentForTests } from "../provider/auth/environmentVariables.js";
import { TemporaryFolder } from "../support/temporaryFolder.js";

/** Part of every secret in this file; must not appear in any log. */
const CANARY = "canary-5e1a77";
const APPLICATION = "aaaaaaaa-0000-4000-8000-000000000001";
const READER = "aaaaaaaa-0000-4000-8000-000000000002";
const MACHINE = "aaaaaaaa-0000-4000-8000-000000000003";
const ISSUER = "https://oidc.contoso.example";
const SUBJECT = "system:serviceaccount:apps:web";

describe("signing in", function () {
  this.timeout(30_000);
  this.slow(3_000);
  const set = environmentForTests();
  const folder = new TemporaryFolder();
  const federation = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const level = logging.getLogLevel();
  const write = logging.AzureLogger.log;
  /** Our logger, and that of `@azure/identity`, which is loaded as ES modules. */
  const loggers = async () => [logging, await import("@azure/logger")];
  const trusted = tls.getCACertificates("default");
  let emulator: Emulator;
  let log: string[] = [];
  before(async () => {
    const certificate = await certificateFile(join(folder.path, "application.pem"));
    emulator = await startEmulator({
      tls: true,
      password: `${CANARY}-admin`,
      tokens: [
        {
          name: "reader",
          password: `${CANARY}-scoped`,
          repositories: { "charts/web": ["content/read"] },
        },
      ],
      entra: {
        applications: [
          {
            clientId: APPLICATION,
            clientSecret: `${CANARY}-secret`,
            certificate,
            federatedCredentials: [
              {
                issuer: ISSUER,
                subject: SUBJECT,
                publicKey: federation.publicKey.export({ type: "spki", format: "pem" }).toString(),
              },
            ],
          },
          { clientId: READER, clientSecret: `${CANARY}-reader`, roles: ["AcrPull"] },
        ],
        managedIdentities: [{ clientId: MACHINE, systemAssigned: true }],
      },
    });
    tls.setDefaultCACertificates([...trusted, emulator.caCertificate ?? ""]);
    for (const { AzureLogger, setLogLevel } of await loggers()) {
      setLogLevel("verbose");
      AzureLogger.log = (...parts) => log.push(parts.join(" "));
    }
  });
  beforeEach(() => {
    log = [];
    set({
      AZURE_TENANT_ID: emulator.entra.tenantId,
      AZURE_CLIENT_ID: APPLICATION,
      AZURE_CLIENT_SECRET: undefined,
      AZURE_CLIENT_CERTIFICATE_PATH: undefined,
      AZURE_FEDERATED_TOKEN_FILE: undefined,
      AZURE_AUTHORITY_HOST: emulator.entra.authorityHost,
      DOCKER_CONFIG: folder.path,
    });
  });
  afterEach(() => {
    emulator.faults.clear();
    emulator.journal.clear();
    assert.ok(log.length > 0, "the log is being watched");
    const secrets = log.filter(
      (line) => line.includes(CANARY) || /\bey[\w-]{8,}\.[\w-]+\./.test(line),
    );
    assert.deepEqual(secrets, []);
  });
  after(async () => {
    tls.setDefaultCACertificates(trusted);
    for (const { AzureLogger, setLogLevel } of await loggers()) {
      setLogLevel(level);
      AzureLogger.log = write;
    }
    await emulator.close();
    folder.remove();
  });

  const use = async <T>(
    credential: Credential,
    work: (registry: RegistryClient) => Promise<T>,
    options: RegistryClientOptions = {},
  ): Promise<T> => {
    const registry = new RegistryClient(emulator.url, {
      retry: { maxRetries: 1, baseDelayMs: 1, maxDelayMs: 5, budgetMs: 10 },
      log: (line) => log.push(line),
      ...options,
      credential,
    });
    try {
      return await work(registry);
    } finally {
      registry.close();
    }
  };
  const push = (registry: RegistryClient) =>
    registry.repository("charts/web").blobs.upload(Buffer.from("content"));
  const read = (registry: RegistryClient) =>
    registry.repository("charts/web").manifests.resolve("v1");
  // Only an answer with a body gives a reason; the refusal of a HEAD has none.
  const fetchManifest = (registry: RegistryClient) =>
    registry.repository("charts/web").manifests.fetch("v1");
  const assertion = async (claims: object = {}): Promise<string> => {
    const { SignJWT } = await import("jose");
    return new SignJWT({ iss: ISSUER, sub: SUBJECT, aud: "api://AzureADTokenExchange", ...claims })
      .setProtectedHeader({ alg: "RS256" })
      .setIssuedAt()
      .setExpirationTime("10m")
      .sign(federation.privateKey);
  };
  const tokenFile = async (claims?: object): Promise<string> => {
    const file = join(folder.path, "federated");
    writeFileSync(file, await assertion(claims));
    return file;
  };
  const docker = (entry: object): Credential => {
    const configFile = join(folder.path, "config.json");
    writeFileSync(configFile, JSON.stringify({ auths: { [emulator.loginServer]: entry } }));
    return { kind: "docker-config", configFile };
  };
  const base64 = (text: string): string => Buffer.from(text).toString("base64");
  const admin = () => `${emulator.credentials.username}:${emulator.credentials.password}`;

  /** Every way to sign in successfully, followed by a push. */
  const ways: Readonly<Record<string, () => Credential | Promise<Credential>>> = {
    "environment, client secret": () => {
      set({ AZURE_CLIENT_SECRET: `${CANARY}-secret` });
      return { kind: "environment" };
    },
    "environment, certificate": () => {
      set({ AZURE_CLIENT_CERTIFICATE_PATH: join(folder.path, "application.pem") });
      return { kind: "environment" };
    },
    "workload identity": async () => {
      set({ AZURE_FEDERATED_TOKEN_FILE: await tokenFile() });
      return { kind: "workload-identity" };
    },
    default: () => {
      set({ AZURE_CLIENT_SECRET: `${CANARY}-secret` });
      return { kind: "default" };
    },
    // As on a virtual machine: test/emulator/identity.test.ts. MSAL keeps the first source it finds, per process.
    "managed identity, as in App Service": () => {
      set(emulator.entra.managedIdentity?.appService ?? {});
      return { kind: "managed-identity" };
    },
    "the admin user": () => ({ kind: "token", ...emulator.credentials }),
    "Docker's configuration": () => docker({ auth: base64(admin()) }),
    "an identity token of az acr login": async () => {
      const refreshToken = await exchanged(emulator);
      return docker({
        auth: base64("00000000-0000-0000-0000-000000000000:"),
        identitytoken: refreshToken,
      });
    },
  };
  for (const [name, prepare] of Object.entries(ways)) {
    it(`works: ${name}`, async () => {
      const credential = await prepare();
      assert.equal((await use(credential, push)).size, 7);
      const named = log.some((line) => line.startsWith("azure:identity:"));
      assert.equal(named, !["token", "docker-config"].includes(credential.kind));
      assert.ok(log.some((line) => line.startsWith("azure:pulumi-acr:info ->")));
    });
  }

  /** Every way to sign in that fails, with the expected message. */
  const refusals: Readonly<
    Record<
      string,
      {
        credential(): Credential | Promise<Credential>;
        work?: (registry: RegistryClient) => Promise<unknown>;
        code: AcrErrorCode;
        says: RegExp;
      }
    >
  > = {
    "a wrong client secret": {
      credential: () => {
        set({ AZURE_CLIENT_SECRET: `${CANARY}-wrong` });
        return { kind: "environment" };
      },
      code: "CREDENTIAL_UNAVAILABLE",
      says: /The client secret is wrong: AZURE_CLIENT_SECRET must be the secret's value/,
    },
    "a federated token of somebody else": {
      credential: async () => ({
        kind: "workload-identity",
        tokenFile: await tokenFile({ sub: "system:serviceaccount:other" }),
      }),
      code: "CREDENTIAL_UNAVAILABLE",
      says: /The federated token is refused: its issuer, subject and audience/,
    },
    "an application that is not there": {
      credential: () => {
        set({ AZURE_CLIENT_SECRET: `${CANARY}-secret`, AZURE_CLIENT_ID: MACHINE });
        return { kind: "environment" };
      },
      code: "CREDENTIAL_UNAVAILABLE",
      says: /Check AZURE_CLIENT_ID and AZURE_TENANT_ID/,
    },
    "an expired Entra token": {
      credential: () => ({
        kind: "entra",
        credential: {
          getToken: async () => ({
            token: await emulator.entra.issueToken({ expiresInSeconds: -600 }),
            expiresOnTimestamp: 0,
          }),
        },
      }),
      code: "UNAUTHORIZED",
      says: /The Entra token had expired 1[01] minutes before: sign in again/,
    },
    "an Entra token for another audience": {
      credential: () => ({
        kind: "entra",
        credential: {
          getToken: async () => ({
            token: await emulator.entra.issueToken({ audience: "https://vault.azure.net" }),
            expiresOnTimestamp: 0,
          }),
        },
      }),
      code: "UNAUTHORIZED",
      says: /must have a data role on this registry .* the audience/,
    },
    "a missing role": {
      credential: () => {
        set({ AZURE_CLIENT_ID: READER, AZURE_CLIENT_SECRET: `${CANARY}-reader` });
        return { kind: "environment" };
      },
      code: "DENIED",
      says: /insufficient_scope.* It needs repository:charts\/web:pull,push \(AcrPush, or Container Registry Repository Writer/,
    },
    "a scope map without the action": {
      credential: () => ({ kind: "token", username: "reader", password: `${CANARY}-scoped` }),
      code: "DENIED",
      says: /scope map: content\/write/,
    },
    "a wrong password": {
      credential: () => ({ kind: "token", username: "reader", password: `${CANARY}-other` }),
      code: "UNAUTHORIZED",
      says: /the user name or password is wrong, expired or disabled/,
    },
    "an identity token that has expired": {
      credential: () => docker({ identitytoken: `${CANARY}-old` }),
      code: "UNAUTHORIZED",
      says: /identity token in Docker's configuration is wrong or has expired .*: log in again/,
    },
    "a password that Docker saved and that has expired": {
      credential: () => docker({ auth: base64(`reader:${CANARY}-other`) }),
      code: "UNAUTHORIZED",
      says: /the login in Docker's configuration is wrong, expired or disabled .*: log in again/,
    },
    "no anonymous pull": {
      credential: () => ({ kind: "anonymous" }),
      work: read,
      code: "UNAUTHORIZED",
      says: /anonymous pull is not enabled/,
    },
    "the firewall": {
      credential: () => {
        const message = "client with IP '203.0.113.7' is not allowed access.";
        const action = { type: "status", status: 403, code: "DENIED", message } as const;
        emulator.faults.add({ path: /^\/(v2|oauth2)/, times: Infinity, action });
        return { kind: "token", ...emulator.credentials };
      },
      work: read,
      code: "DENIED",
      says: /firewall does not admit this address: add it to the registry's network rules/,
    },
    "a throttled token endpoint": {
      credential: () => {
        const action = { type: "status", status: 429, headers: { "Retry-After": "600" } } as const;
        emulator.faults.add({ path: "/oauth2/token", times: Infinity, action });
        return { kind: "token", ...emulator.credentials };
      },
      work: read,
      code: "THROTTLED",
      says: /get an access token from .* asks to wait 600 seconds, .*: try again later/,
    },
  };
  for (const [name, { credential, work = push, code, says }] of Object.entries(refusals)) {
    it(`says what to do about ${name}`, async () => {
      const given = await credential();
      await assert.rejects(use(given, work), (error: Error) => {
        assert.match(error.message, says);
        assert.ok(isAcrError(error) && error.code === code, String(error));
        log.push(everythingOf(error));
        return true;
      });
    });
  }

  const useless: Readonly<Record<string, { status: number; code: string; message: string }>> = {
    "a refused request": { status: 400, code: "UNSUPPORTED", message: "no" },
    "a lock": { status: 405, code: "REGISTRY_DISALLOWED_OPERATION", message: "locked" },
    "the firewall": {
      status: 403,
      code: "DENIED",
      message: "client with IP '203.0.113.7' is not allowed access.",
    },
  };
  for (const [name, answer] of Object.entries(useless)) {
    it(`does not wait for access if the obstacle is ${name}`, async () => {
      const action = { type: "status", ...answer } as const;
      const fault = emulator.faults.add({ path: /manifests/, times: Infinity, action });
      const credential: Credential = { kind: "token", ...emulator.credentials };
      await assert.rejects(use(credential, fetchManifest, { waitForAccess: 60 }));
      assert.equal(fault.hits, 1);
    });
  }

  it("waits until access takes effect", async () => {
    const action = {
      type: "status",
      status: 403,
      code: "DENIED",
      message: "requested access is denied",
    } as const;
    const fault = emulator.faults.add({ path: /manifests/, times: 2, action });
    const credential: Credential = { kind: "token", ...emulator.credentials };
    assert.equal(await use(credential, read, { waitForAccess: 60 }), undefined);
    assert.equal(fault.hits, 2);
  });
});

/** Everything of an error that could get into a log, including its causes. */
function everythingOf(error: unknown): string {
  if (!(error instanceof Error)) return JSON.stringify([error]);
  const { cause, ...rest } = error as Error & Record<string, unknown>;
  const own = `${error.stack ?? ""} ${JSON.stringify(rest)}`;
  return cause === undefined ? own : `${own} ${everythingOf(cause)}`;
}

/** What `az acr login` puts into Docker's configuration. */
async function exchanged(emulator: Emulator): Promise<string> {
  const form = new URLSearchParams({
    grant_type: "access_token",
    service: emulator.loginServer,
    access_token: await emulator.entra.issueToken(),
  });
  const answer = await fetch(`${emulator.url}/oauth2/exchange`, { method: "POST", body: form });
  return ((await answer.json()) as { refresh_token: string }).refresh_token;
}

/** A key and its certificate in one file, as AZURE_CLIENT_CERTIFICATE_PATH wants them. */
async function certificateFile(path: string): Promise<string> {
  const { generate } = await import("selfsigned");
  const made = await generate([{ name: "commonName", value: "application" }], { keySize: 2048 });
  writeFileSync(path, `${made.private}\n${made.cert}\n`);
  return made.cert;
}
