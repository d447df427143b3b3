import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { after, before, describe, it } from "mocha";
import { type Emulator, startEmulator } from "../../emulator/index.js";
import { checkout, foreignTool } from "../../tools/installed.js";

const CLIENT = "1b5b0ab6-2f52-4ac0-9f5e-1b8f1d8d2a11";
const SECRET = "canary-sdk-secret";
const run = promisify(execFile);
const scripts = join(checkout, "test", "interop", "azureSdk");

for (const [library, tool, script] of [
  ["@azure/container-registry", foreignTool("azure-sdk-node"), "scenarios.cjs"],
  ["azure-containerregistry", foreignTool("azure-sdk-python"), "scenarios.py"],
] as const) {
  // If the library is absent, `npm test` reports that and tells how to get it.
  if (tool.path === undefined) continue;
  const command = tool.path;
  describe(`${library}, unmodified, over TLS, with credentials of its own`, function () {
    this.timeout(120_000);
    this.slow(20_000);
    let emulator: Emulator;
    let results: Readonly<Record<string, unknown>> = {};
    before(async () => {
      const applications = [{ clientId: CLIENT, clientSecret: SECRET }];
      emulator = await startEmulator({ tls: true, anonymousPull: true, entra: { applications } });
      const { stdout } = await run(command, [join(scripts, script)], {
        env: {
          ...process.env,
          REGISTRY_ENDPOINT: emulator.url,
          AZURE_AUTHORITY_HOST: emulator.entra.authorityHost,
          AZURE_TENANT_ID: emulator.entra.tenantId,
          AZURE_CLIENT_ID: CLIENT,
          AZURE_CLIENT_SECRET: SECRET,
          NODE_EXTRA_CA_CERTS: emulator.caCertificateFile,
          REQUESTS_CA_BUNDLE: emulator.caCertificateFile,
          SSL_CERT_FILE: emulator.caCertificateFile,
        },
      });
      results = JSON.parse(stdout) as Readonly<Record<string, unknown>>;
    });
    after(() => emulator.close());

    const large = 9 * 1024 * 1024;
    const expected: Readonly<Record<string, unknown>> = {
      downloadImages: {
        mediaType: "application/vnd.oci.image.manifest.v1+json",
        right: true,
        blobs: ['{"version":1}', "layer 1"],
      },
      uploadLargeBlob: { sizeInBytes: large, same: true },
      listRepositories: ["sdk/image"],
      listTagsAnonymously: ["demo", "latest"],
      setArtifactProperties: { canWrite: false, canDelete: false, refused: 405 },
      properties: {
        tagCount: 2,
        manifestCount: 1,
        tags: ["demo", "latest"],
        canList: true,
        same: true,
        canRead: true,
      },
      deleteImages: ["demo", "latest", "v2"],
      byPage: [2, 1],
      deleteBlob: 404,
      deleteManifest: 404,
      deleteRepository: [],
    };
    for (const [scenario, outcome] of Object.entries(expected)) {
      it(scenario, () => assert.deepEqual(results[scenario], outcome));
    }

    it("uploadImages", () =>
      assert.match(String(results["uploadImages"]), /^sha256:[0-9a-f]{64}$/));

    it("signed in through Entra and ran only the scenarios of this test", () => {
      const { entries } = emulator.journal;
      assert.ok(entries.some(({ path, status }) => path === "/oauth2/exchange" && status === 200));
      assert.deepEqual(
        Object.keys(results).sort(),
        [...Object.keys(expected), "uploadImages"].sort(),
      );
      assert.equal(emulator.openUploads(), 0);
    });
  });
}
