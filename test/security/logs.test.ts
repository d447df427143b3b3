import assert from "node:assert/strict";
import { inspect } from "node:util";
import { AzureLogger, getLogLevel, setLogLevel } from "@azure/logger";
import { afterEach, beforeEach, describe, it } from "mocha";
import { CALLS, hostileRegistry, PASSWORD, TOKEN } from "../support/hostileRegistry.js";

/** Texts that must not be in a log or an error, at any level. */
const SECRETS: Readonly<Record<string, string>> = {
  "the password": PASSWORD,
  "the password, encoded": Buffer.from(`user:${PASSWORD}`).toString("base64"),
  "the access token": TOKEN,
  "a refresh token": "REFRESH-CANARY",
  "a shared access signature": "SIG-CANARY",
  "the state of an upload": "STATE-CANARY",
  "a cookie": "COOKIE-CANARY",
  "a user name in a URL": "USERINFO-CANARY",
  "an unknown header": "HEADER-CANARY",
  "a body": "BODY-CANARY",
};

describe("§1.11: logs and errors", function () {
  this.timeout(30_000);
  const lines: string[] = [];
  const { log } = AzureLogger;
  const level = getLogLevel();

  beforeEach(() => {
    lines.length = 0;
    AzureLogger.log = (...parts: unknown[]) =>
      void lines.push(parts.map((part) => inspect(part)).join(" "));
    setLogLevel("verbose");
  });
  afterEach(() => {
    AzureLogger.log = log;
    setLogLevel(level);
  });

  for (const status of [200, 201, 202, 307, 400, 401, 403, 404, 429, 500, 0]) {
    it(`contain no secret (${status === 0 ? "a cut connection" : status})`, async () => {
      for (const [name, call] of Object.entries(CALLS)) {
        const { client } = await hostileRegistry(
          ({ attacker, registry }) =>
            (request, response) => {
              request.resume();
              if (status === 0) return void request.socket.destroy();
              const upload = request.method === "POST" && request.url?.includes("uploads") === true;
              const location = upload
                ? `${registry}/v2/a/blobs/uploads/1?_state=STATE-CANARY`
                : `${attacker.replace("//", "//USERINFO-CANARY@")}/x?sig=SIG-CANARY&se=1`;
              response.writeHead(upload && status < 300 ? 202 : status, {
                location,
                link: `<${attacker}/x?sig=SIG-CANARY>; rel="next"`,
                "set-cookie": "a=COOKIE-CANARY",
                "x-anything": "HEADER-CANARY",
                "www-authenticate": `Bearer realm="${attacker}/?refresh_token=REFRESH-CANARY"`,
                "content-type": "text/plain",
              });
              response.end("BODY-CANARY");
            },
          { log: (line) => void lines.push(line) },
        );
        const [result] = await Promise.allSettled([call(client)]);
        if (result.status === "rejected") {
          const { reason } = result as { reason: Error };
          lines.push(reason.message, String(reason.stack), JSON.stringify(reason));
          lines.push(inspect(reason, { depth: 20, showHidden: true, customInspect: false }));
        }
        const told = lines.join("\n");
        for (const [what, secret] of Object.entries(SECRETS)) {
          assert.ok(!told.includes(secret), `${name}: ${what} is told: ${around(told, secret)}`);
        }
      }
      // Something was logged.
      assert.ok(lines.some((line) => line.includes("GET https://127.0.0.1")));
    });
  }
});

function around(text: string, secret: string): string {
  const at = text.indexOf(secret);
  return text.slice(Math.max(0, at - 200), at + 100);
}
