import assert from "node:assert/strict";
import type { RequestListener } from "node:http";
import { afterEach, describe, it } from "mocha";
import {
  encodeManifest,
  OCI_INDEX,
  RegistryClient,
  type RegistryClientOptions,
} from "../../../provider/registry/index.js";
import { certificate, recordingServer, type RecordingServer } from "../../support/attacker.js";
import { ConnectProxy, type ProxyFault } from "../../support/connectProxy.js";
import { environmentForTests } from "../auth/environmentVariables.js";

const MANIFEST = encodeManifest({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [] });
const serving: RequestListener = (request, response) => {
  if (request.url?.includes("/manifests/") === true) {
    response.writeHead(200, { "content-type": OCI_INDEX }).end(MANIFEST.bytes);
  } else response.writeHead(request.url === "/v2/" ? 200 : 404).end();
};
const silent: RequestListener = (request, response) => {
  if (request.url?.includes("/manifests/") !== true) serving(request, response);
};

describe("tunnels through a proxy", function () {
  this.timeout(20_000);
  const setEnvironment = environmentForTests();
  let proxy: ConnectProxy | undefined;
  let registry: RecordingServer | undefined;
  let client: RegistryClient | undefined;
  afterEach(async () => {
    client?.close();
    proxy?.close();
    await registry?.close();
  });

  async function behindProxy(
    answer: RequestListener,
    fault: ProxyFault = {},
    options: RegistryClientOptions = {},
  ) {
    registry = await recordingServer(answer, await certificate());
    proxy = new ConnectProxy();
    const at = await proxy.start(Number(new URL(registry.origin).port), fault);
    setEnvironment({ HTTPS_PROXY: `http://${at}` });
    client = new RegistryClient("registry.example", {
      credential: { kind: "anonymous" },
      caCertificate: (await certificate()).cert,
      ...options,
    });
    return { registry, proxy, client, manifests: client.repository("a").manifests };
  }

  it("that are idle end with the client", async () => {
    const { proxy, client, manifests } = await behindProxy(serving);
    assert.notEqual(await manifests.fetch("v1"), undefined);
    assert.equal(proxy.open, 1);
    client.close();
    await until(() => proxy.open === 0);
  });

  it("that are in use end with the client", async () => {
    const { registry, proxy, client, manifests } = await behindProxy(silent);
    const ended = assert.rejects(manifests.fetch("v1"), { code: "ABORTED" });
    await until(() => registry.seen.some(({ url }) => url.includes("/manifests/")));
    client.close();
    await ended;
    await until(() => proxy.open === 0);
  });

  it("that are still being opened end with the client", async () => {
    const { proxy, client, manifests } = await behindProxy(serving, { silent: true });
    const ended = assert.rejects(manifests.fetch("v1"), { code: "ABORTED" });
    await until(() => proxy.seen.length === 1);
    client.close();
    await ended;
    await until(() => proxy.open === 0);
  });

  it("that are never opened end with their request", async () => {
    const impatient = { idleTimeoutMs: 50, retry: { maxRetries: 0 } };
    const { proxy, manifests } = await behindProxy(serving, { silent: true }, impatient);
    await assert.rejects(manifests.fetch("v1"), { code: "STALLED" });
    await until(() => proxy.seen.length === 1 && proxy.open === 0);
  });
});

/** Waits for a condition at the other end of a connection, up to the test's timeout. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(setImmediate);
}
