import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { digestOf, RegistryClient } from "pulumi-acr/client";
import { recordingServer } from "../support/attacker.js";
import { CALLS, hostileRegistry } from "../support/hostileRegistry.js";

/** Names that look like this machine but lead elsewhere, and unusual spellings of this machine. */
const servers: readonly (readonly [string, boolean])[] = [
  ["http://127.0.0.1:5000", true],
  ["http://localhost:5000", true],
  ["http://LOCALHOST:5000", true],
  ["http://[::1]:5000", true],
  ["http://127.1:5000", true],
  ["http://127.255.255.254", true],
  ["http://2130706433", true],
  ["http://registry.example", false],
  ["http://127.0.0.1.nip.io", false],
  ["http://127.0.0.1.evil.example", false],
  ["http://localhost.evil.example", false],
  ["http://evil.example.localhost.example", false],
  ["http://localhostx", false],
  ["http://0.0.0.0:5000", false],
  ["http://0:5000", false],
  ["http://[::]:5000", false],
  ["http://[::ffff:127.0.0.1]:5000", false],
  ["http://[::ffff:10.0.0.1]", false],
  ["http://[fe80::1]", false],
  ["http://128.0.0.1", false],
  ["http://10.0.0.1", false],
  ["http://169.254.169.254", false],
  ["http://127.0.0.1@evil.example", false],
  ["http://evil.example#@127.0.0.1", false],
  ["http://evil.example\\@127.0.0.1", false],
  ["http://evil.example/127.0.0.1", false],
  ["http://127.0.0.1:5000@evil.example:80", false],
  ["http:///evil.example", false],
  ["HTTP://evil.example", false],
  ["ftp://127.0.0.1", false],
  ["http://ⓛocalhost", false],
  ["http://127。0。0。1", false],
];

describe("§1.3: plain http", function () {
  this.timeout(20_000);
  for (const [server, allowed] of servers) {
    it(`${server}: ${allowed ? "this machine" : "refused, before anything is sent"}`, () => {
      const make = (): void => new RegistryClient(server).close();
      if (allowed) make();
      else assert.throws(make, { code: "INPUT_INVALID", property: "loginServer" });
    });
  }

  it("is never tried after https has failed", async () => {
    const registry = await recordingServer();
    const client = new RegistryClient(registry.host, {
      credential: { kind: "token", username: "user", password: "PASSWORD-CANARY" },
      retry: { maxRetries: 1, baseDelayMs: 1 },
    });
    try {
      for (const call of Object.values(CALLS)) {
        await assert.rejects(call(client), { code: "TLS_FAILED" });
      }
      assert.deepEqual(registry.seen, []);
    } finally {
      client.close();
      await registry.close();
    }
  });

  const digest = digestOf("x");
  const link = '</acr/v1/_catalog>; rel="next"';
  const ways: Readonly<Record<string, (attacker: string) => Record<string, string>>> = {
    redirect: (attacker) => ({ location: `${attacker}/v2/a/blobs/${digest}?sig=SIG-CANARY` }),
    Location: (attacker) => ({ location: `${attacker}/v2/a/blobs/uploads/1?_state=SIG-CANARY` }),
    Link: (attacker) => ({
      link: link.replace("<", `<${attacker}`).replace(">", "?sig=SIG-CANARY>"),
    }),
  };
  const statuses: Readonly<Record<string, number>> = { redirect: 307, Location: 202, Link: 200 };
  for (const [way, headers] of Object.entries(ways)) {
    it(`a ${way} from https to http is refused, its query not told`, async () => {
      for (const [name, call] of Object.entries(CALLS)) {
        const { client, attacker } = await hostileRegistry(
          ({ attacker: to }) =>
            (_, response) =>
              void response
                .writeHead(statuses[way] ?? 500, {
                  ...headers(to),
                  "content-type": "application/json",
                })
                .end('{"tags":["a"],"repositories":["a"],"manifests":[]}'),
          { plainAttacker: true },
        );
        const [result] = await Promise.allSettled([call(client)]);
        assert.deepEqual(attacker.seen, [], name);
        const told = result.status === "rejected" ? String(result.reason) : "";
        assert.ok(!told.includes("SIG-CANARY"), told);
      }
    });
  }
});
