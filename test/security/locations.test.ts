import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { hasCode } from "pulumi-acr/client";
import { CALLS, hostileRegistry } from "../support/hostileRegistry.js";

interface Places {
  readonly attacker: string;
  readonly registry: string;
}

const SESSION = "/v2/a/blobs/uploads/1?_state=STATE-CANARY";
const evil = ({ attacker }: Places): string => attacker.replace("https://", "");

const refused: Readonly<Record<string, (places: Places) => string | undefined>> = {
  "another port": ({ attacker }) => `${attacker}${SESSION}`,
  "another port without a scheme": (places) => `//${evil(places)}${SESSION}`,
  "another scheme": ({ registry }) => `${registry.replace("https:", "http:")}${SESSION}`,
  "a user name that looks like the registry": (places) =>
    `${places.registry}@${evil(places)}${SESSION}`,
  backslashes: (places) => `\\\\${evil(places)}\\x`,
  "a slash and a backslash": (places) => `/\\${evil(places)}${SESSION}`,
  "a tab within the slashes": (places) => `/\t/${evil(places)}${SESSION}`,
  "no header": () => undefined,
  "an empty header": () => "",
  "12 KiB of another host": ({ attacker }) => `${attacker}${SESSION}${"x".repeat(12_000)}`,
  "another repository's session": () => "/v2/b/blobs/uploads/1",
  "a way out of the session": () => `${SESSION.split("?")[0]}/../../../../b/blobs/uploads/1`,
  "an encoded way out": () => "/v2/a/blobs/uploads/%2e%2e/%2e%2e/manifests/v1",
  "the token endpoint": () => "/oauth2/token",
  "a digest of its own": () => `${SESSION}&digest=sha256%3Aabc`,
};

const uploads = ["push a small blob", "push a large blob", "upload a stream"] as const;

describe("§1.8: a Location that leads an upload elsewhere is refused", function () {
  this.timeout(20_000);
  for (const [name, location] of Object.entries(refused)) {
    for (const upload of uploads) {
      it(`${name}, ${upload}`, async () => {
        const { client, attacker, registry } = await hostileRegistry(
          (places) => (request, response) => {
            const to = location(places);
            request.resume();
            request.on("end", () => {
              const headers = to === undefined ? {} : { location: to };
              response.writeHead(request.method === "HEAD" ? 404 : 202, headers).end();
            });
          },
        );
        await assert.rejects(CALLS[upload]?.(client) ?? assert.fail(), (error: Error) => {
          assert.ok(hasCode(error, "PROTOCOL", "UNAVAILABLE"), String(error));
          assert.ok(!error.message.includes("STATE-CANARY") && error.message.length < 1000);
          assert.doesNotMatch(error.message, /[\p{Cc}\p{Bidi_Control}]/u);
          return true;
        });
        assert.deepEqual(attacker.seen, []);
        // Only the start of the session: no content and no deletion went to the location.
        const elsewhere = registry.seen.filter(
          ({ method, url }) =>
            !url.startsWith("/oauth2/token?") &&
            method !== "HEAD" &&
            !url.startsWith("/v2/a/blobs/uploads/"),
        );
        assert.deepEqual(elsewhere, []);
      });
    }
  }

  it("after the first chunk is refused too", async () => {
    for (const upload of ["push a large blob", "upload a stream"] as const) {
      const { client, attacker } = await hostileRegistry(
        ({ attacker: to }) =>
          (request, response) => {
            request.resume();
            request.on("end", () => {
              const taken = Number(request.headers["content-length"] ?? 0) - 1;
              const location = request.method === "POST" ? SESSION : `${to}${SESSION}`;
              const status = request.method === "HEAD" ? 404 : 202;
              response.writeHead(status, { location, range: `0-${taken}` }).end();
            });
          },
        { chunkSize: 1 << 20 },
      );
      await assert.rejects(CALLS[upload]?.(client) ?? assert.fail(), {
        code: "PROTOCOL",
        message: /leads away/,
      });
      assert.deepEqual(attacker.seen, []);
    }
  });
});
