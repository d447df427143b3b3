import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe } from "mocha";

import { foreignTool } from "../../tools/installed.js";
import { itWith } from "../support/foreignClients.js";
import { TemporaryFolder } from "../support/temporaryFolder.js";
import { withEmulator } from "./exchange.js";

/** Settings of the program, with the reason for each that is not the default. */
const settings: Readonly<Record<string, string>> = {
  OCI_VERSION: "1.1",
  OCI_TLS: "disabled",
  // A manifest is deleted by digest only, by tag it is 405 (C11 #69); tested in rows/manifests.ts.
  OCI_API_TAGS_DELETE: "false",
  // A mount without `from` opens a session, although the registry has the blob (C11 #40); tested in rows/uploads.ts.
  OCI_API_BLOBS_MOUNT_ANONYMOUS: "false",
  // On top of the defaults: an upload can be cancelled (Azure/azure-sdk-assets go, CancelUpload), and answers about
  // manifests have the digest's header (C11 #11-17).
  OCI_API_BLOBS_UPLOAD_CANCEL: "true",
  OCI_API_MANIFESTS_DIGEST_HEADER: "true",
};

/** Tests that the settings switch off, and tests of features that 1.1 does not have. */
const disabled = [
  "Blob anonymous mount",
  "Manifest put with tag params",
  "Tag delete",
  "Tag delete atomic",
];

interface Done {
  readonly code: number | string;
  readonly output: string;
}

function run(program: string, cwd: string, env: NodeJS.ProcessEnv): Promise<Done> {
  return new Promise((resolve) => {
    const options = { cwd, env, maxBuffer: 64 * 1024 * 1024 };
    execFile(program, [], options, (error, stdout, stderr) => {
      resolve({ code: error?.code ?? 0, output: stderr + stdout });
    });
  });
}

/** The `apis:` of the report, a flat list of names and results. */
function apiResults(report: string): Map<string, string> {
  const section = /^apis:\n((?: {2}.*\n)+)/m.exec(report)?.[1] ?? "";
  return new Map(
    [...section.matchAll(/^ {2}(.+): (\w+)$/gm)].map(([, api = "", is = ""]) => [api, is]),
  );
}

describe("the OCI distribution-spec conformance program", () => {
  itWith(["conformance"], "pull, push, content discovery and management of 1.1: no failure", () =>
    // One expectation contradicts the recordings; this option fulfils it.
    withEmulator({ malformedManifestDigest: "invalid" }, async (emulator) => {
      const folder = new TemporaryFolder();
      try {
        const { path = "" } = foreignTool("conformance");
        const { code, output } = await run(path, folder.path, {
          ...settings,
          PATH: process.env["PATH"],
          HOME: folder.path,
          OCI_RESULTS_DIR: folder.path,
          OCI_REGISTRY: emulator.loginServer,
          OCI_USERNAME: emulator.credentials.username,
          OCI_PASSWORD: emulator.credentials.password,
        });
        assert.equal(code, 0, output);
        const junit = readFileSync(join(folder.path, "junit.xml"), "utf8");
        const cases = [...junit.matchAll(/<testcase name="([^"]*)".* status="(\w+)"/g)];
        const passed = cases.filter(([, , status]) => status === "passed");
        assert.ok(
          passed.length > 600,
          `${String(passed.length)} of ${String(cases.length)} passed`,
        );
        const apis = apiResults(readFileSync(join(folder.path, "results.yaml"), "utf8"));
        assert.ok(apis.size > 20);
        for (const [api, result] of apis) {
          assert.equal(result, disabled.includes(api) ? "Disabled" : "Pass", api);
        }
        assert.equal(emulator.openUploads(), 0);
      } finally {
        folder.remove();
      }
    }),
  );
});
