import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, it } from "mocha";
import { encodeManifest, OCI_INDEX } from "pulumi-acr/client";
import { certificate, recordingServer, type RecordingServer } from "../support/attacker.js";
import { ConnectProxy } from "../support/connectProxy.js";

const PASSWORD = "PROXY-PASSWORD-CANARY";
const MANIFEST = encodeManifest({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [] });
const DIGEST = MANIFEST.descriptor.digest;

describe("§1.12: proxies of the environment", function () {
  this.timeout(60_000);
  let registry: RecordingServer;
  let proxy: ConnectProxy;

  beforeEach(async () => {
    proxy = new ConnectProxy();
    registry = await recordingServer(
      (request, response) => {
        if (request.url?.includes("/manifests/") === true) {
          response.writeHead(200, { "content-type": OCI_INDEX }).end(MANIFEST.bytes);
        } else response.writeHead(request.url === "/v2/" ? 200 : 404).end();
      },
      await certificate(),
    );
  });
  afterEach(async () => {
    proxy.close();
    await registry.close();
  });

  /** In a separate process, because `NO_PROXY` is read once. */
  async function ask(
    loginServer: string,
    environment: Record<string, string>,
  ): Promise<{ outcome: string; told: string[] }> {
    const { cert } = await certificate();
    const env = { PATH: process.env["PATH"], CA_CERTIFICATE: cert, ...environment };
    const program = join(__dirname, "..", "support", "proxiedClient.js");
    const { stdout } = await promisify(execFile)(process.execPath, [program, loginServer], { env });
    const answer = JSON.parse(stdout) as { outcome: string; told: string[] };
    const text = [answer.outcome, ...answer.told].join("\n");
    assert.ok(!text.includes(PASSWORD), "the proxy's password was told");
    assert.ok(!text.includes(Buffer.from(`user:${PASSWORD}`).toString("base64")));
    return answer;
  }

  const port = (): number => Number(new URL(registry.origin).port);
  const start = (refuse?: number): Promise<string> => proxy.start(port(), { refuse });

  for (const variable of ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "HTTP_PROXY"]) {
    it(`${variable}: a registry is reached through it, trusting what the client was told to`, async () => {
      const at = await start();
      const { outcome } = await ask("registry.example", {
        [variable]: `http://user:${PASSWORD}@${at}`,
      });
      assert.equal(outcome, `fetched ${DIGEST}`);
      // One tunnel, which all requests use.
      assert.equal(proxy.seen.length, 1);
      for (const { target, authorization } of proxy.seen) {
        assert.equal(target, "registry.example:443");
        assert.match(authorization ?? "", /^Basic /);
      }
      // Only the proxy gets its password.
      assert.ok(registry.seen.length > 0);
      for (const { headers } of registry.seen) {
        assert.equal(headers["proxy-authorization"], undefined);
        assert.equal(headers.host, "registry.example");
      }
    });
  }

  it("a client that is not closed keeps no program alive with its tunnel", async () => {
    const at = await start();
    const environment = { HTTPS_PROXY: `http://${at}`, LEFT_OPEN: "1" };
    const { outcome } = await ask("registry.example", environment);
    assert.equal(outcome, `fetched ${DIGEST}`);
  });

  it("an untrusted certificate is refused behind a proxy, too", async () => {
    const at = await start();
    const environment = { HTTPS_PROXY: `http://user:${PASSWORD}@${at}`, CA_CERTIFICATE: "" };
    const { outcome } = await ask("registry.example", environment);
    assert.match(outcome, /TLS_FAILED/);
    assert.deepEqual(registry.seen, []);
  });

  const bypassing = ["registry.example", ".example", "other, registry.example"];
  for (const list of bypassing) {
    it(`NO_PROXY=${list}: the proxy is not used`, async () => {
      const at = await start();
      const { outcome } = await ask("registry.example", {
        HTTPS_PROXY: `http://${at}`,
        NO_PROXY: list,
      });
      assert.match(outcome, /UNAVAILABLE/);
      assert.deepEqual(proxy.seen, []);
    });
  }

  for (const host of ["127.0.0.1", "localhost"]) {
    it(`${host} is reached without the proxy`, async () => {
      const at = await start();
      const environment = { HTTPS_PROXY: `http://${at}`, ALL_PROXY: `http://${at}` };
      const { outcome } = await ask(`${host}:${port()}`, environment);
      assert.equal(outcome, `fetched ${DIGEST}`);
      assert.deepEqual(proxy.seen, []);
    });
  }

  it("a proxy that requires another password gives an error that says so", async () => {
    const at = await start(407);
    const { outcome } = await ask("registry.example", {
      HTTPS_PROXY: `http://user:${PASSWORD}@${at}`,
    });
    assert.match(outcome, /407.*requires a login/s);
    assert.deepEqual(registry.seen, []);
  });

  it("a proxy that does not answer is UNAVAILABLE", async () => {
    const url = `http://user:${PASSWORD}@127.0.0.1:1`;
    const { outcome } = await ask("registry.example", { HTTPS_PROXY: url });
    assert.match(outcome, /UNAVAILABLE/);
    assert.match(
      outcome,
      /the proxy 127\.0\.0\.1:1, through which registry\.example is reached, refused .*HTTPS_PROXY/,
    );
  });

  for (const url of [
    `user:${PASSWORD}@[`,
    `user:${PASSWORD}@proxy.example:8080`,
    `socks5://user:${PASSWORD}@x`,
    PASSWORD,
    `http://user:${PASSWORD}@:x`,
  ]) {
    it(`an invalid proxy URL is refused without repeating it: ${url.replaceAll(PASSWORD, "…")}`, async () => {
      const { outcome } = await ask("registry.example", { HTTPS_PROXY: url });
      assert.match(outcome, /INPUT_INVALID/);
      assert.match(outcome, /HTTPS_PROXY is not a URL of a proxy/);
    });
  }
});
