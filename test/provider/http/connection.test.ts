import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { startEmulator } from "../../../emulator/index.js";
import { CATALOG_SCOPE } from "../../../provider/auth/scope.js";
import { type TransportOptions, createTransport } from "../../../provider/http/createTransport.js";
import { parseLoginServer } from "../../../provider/oci/loginServer.js";

async function listing(
  emulator: Awaited<ReturnType<typeof startEmulator>>,
  options: Partial<TransportOptions>,
): Promise<number> {
  const transport = createTransport({
    endpoint: parseLoginServer(emulator.url),
    credential: { kind: "token", ...emulator.credentials },
    ...options,
  });
  try {
    const answer = await transport.send({
      method: "GET",
      path: "/acr/v1/_catalog",
      scopes: [CATALOG_SCOPE],
      operation: "list repositories",
      expect: [200],
      repeatable: true,
    });
    return answer.status;
  } finally {
    transport.close();
  }
}

describe("connections", () => {
  it("trust only the given certificate authority", async () => {
    const emulator = await startEmulator({ tls: true });
    try {
      const { caCertificate = "" } = emulator;
      assert.equal(await listing(emulator, { caCertificate }), 200);
      emulator.journal.clear();
      await assert.rejects(listing(emulator, {}), {
        code: "TLS_FAILED",
        message: /cannot be trusted.*caCertificate/,
      });
      assert.deepEqual(emulator.journal.entries, []);
    } finally {
      await emulator.close();
    }
  });

  it("to a server without TLS on this machine fail with the scheme to use", async () => {
    const emulator = await startEmulator();
    try {
      const { loginServer } = emulator;
      await assert.rejects(listing({ ...emulator, url: `https://${loginServer}` }, {}), {
        code: "TLS_FAILED",
        message:
          `get an access token from ${loginServer}: ${loginServer} does not answer in TLS: wrong version number ` +
          `(EPROTO). A registry on this machine that does not use TLS is named with its scheme: "http://${loginServer}"`,
      });
    } finally {
      await emulator.close();
    }
  });

  it("reach IPv6 addresses", async () => {
    const emulator = await startEmulator({ host: "::1" });
    try {
      assert.equal(await listing(emulator, {}), 200);
    } finally {
      await emulator.close();
    }
  });
});
