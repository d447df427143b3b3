import assert from "node:assert/strict";
import { describe, it } from "mocha";

import type { Emulator } from "../../emulator/index.js";
import { type Received, type Sent, asAdmin, exchange, withEmulator } from "./exchange.js";

function control(
  emulator: Emulator,
  method: string,
  path: string,
  json?: unknown,
): Promise<Received> {
  const body = json === undefined ? {} : { body: JSON.stringify(json) };
  return exchange(`${emulator.url}/_emulator/${path}`, { method, ...body });
}

function parsed({ status, body }: Received, expected = 200): unknown {
  assert.equal(status, expected, body.toString());
  return JSON.parse(body.toString());
}

describe("the emulator's control API", () => {
  it("tells where the emulator is", () =>
    withEmulator({}, async (emulator) => {
      const { url, loginServer, storageUrl } = emulator;
      assert.deepEqual(parsed(await control(emulator, "GET", "")), {
        url,
        loginServer,
        storageUrl,
        openUploads: 0,
      });
    }));

  it("shows and clears the journal, and is not in it", () =>
    withEmulator({}, async (emulator) => {
      await exchange(`${emulator.url}/v2/`);
      const journal = parsed(await control(emulator, "GET", "journal")) as {
        entries: { path: string; status: number }[];
      };
      assert.deepEqual(
        journal.entries.map(({ path, status }) => [path, status]),
        [["/v2/", 401]],
      );
      assert.equal((await control(emulator, "DELETE", "journal")).status, 204);
      assert.deepEqual(emulator.journal.entries, []);
    }));

  it("adds a fault, counts its hits, lists and removes it", () =>
    withEmulator({}, async (emulator) => {
      const rule = {
        method: "GET",
        path: { pattern: "^/V2/$", flags: "i" },
        times: "always",
        action: {
          type: "status",
          status: 503,
          code: "UNAVAILABLE",
          headers: { "Retry-After": "2" },
        },
      };
      const added = await control(emulator, "POST", "faults", rule);
      assert.equal(added.headers.location, "/_emulator/faults/1");
      assert.deepEqual(parsed(added, 201), { id: 1, hits: 0, rule });
      for (let time = 0; time < 2; time += 1) {
        const met = await asAdmin(emulator, "/v2/");
        assert.deepEqual([met.status, met.headers["retry-after"]], [503, "2"]);
      }
      const { faults } = parsed(await control(emulator, "GET", "faults")) as {
        faults: object[];
      };
      assert.deepEqual(faults, [{ id: 1, hits: 2, rule }]);
      assert.equal((await control(emulator, "DELETE", "faults/1")).status, 204);
      assert.equal((await control(emulator, "GET", "faults/1")).status, 404);
      assert.equal((await asAdmin(emulator, "/v2/")).status, 200);
    }));

  it("is not affected by faults, and removes all of them at once", () =>
    withEmulator({}, async (emulator) => {
      const rule = { times: "always", action: { type: "reset" } };
      await control(emulator, "POST", "faults", rule);
      await control(emulator, "POST", "faults", rule);
      await assert.rejects(asAdmin(emulator, "/v2/"), { code: "ECONNRESET" });
      assert.equal((await control(emulator, "DELETE", "faults")).status, 204);
      assert.equal((await asAdmin(emulator, "/v2/")).status, 200);
    }));

  it("encodes bytes that are not text in base64", () =>
    withEmulator({}, async (emulator) => {
      const action = { type: "status", status: 200, bodyBase64: "AP8=" };
      const rule = parsed(await control(emulator, "POST", "faults", { action }), 201);
      assert.deepEqual(rule, { id: 1, hits: 0, rule: { action } });
      assert.deepEqual((await asAdmin(emulator, "/v2/")).body, Buffer.from([0, 255]));
    }));

  const wrong: readonly [says: string, json: unknown, message: RegExp][] = [
    ["no action", {}, /action/],
    ["an unknown action", { action: { type: "explode" } }, /type/],
    ["an unknown key", { action: { type: "reset" }, nht: 1 }, /nht/],
    ["a pattern that is none", { path: { pattern: "(" }, action: { type: "reset" } }, /path/],
    ["a time before the first", { nth: 0, action: { type: "reset" } }, /nth/],
  ];
  for (const [says, json, message] of wrong) {
    it(`refuses a fault with ${says}`, () =>
      withEmulator({}, async (emulator) => {
        const { status, body } = await control(emulator, "POST", "faults", json);
        assert.equal(status, 400);
        assert.match(body.toString(), message);
        assert.deepEqual(emulator.faults.list, []);
      }));
  }

  it("issues Entra tokens for the exchange", () =>
    withEmulator({}, async (emulator) => {
      const made = await control(emulator, "POST", "entra/tokens", { roles: ["AcrPull"] });
      const { access_token: token } = parsed(made, 201) as { access_token: string };
      const form = new URLSearchParams({ grant_type: "access_token", access_token: token });
      const body = form.toString();
      const done = await exchange(`${emulator.url}/oauth2/exchange`, { method: "POST", body });
      assert.equal(done.status, 200);
      const bad = await control(emulator, "POST", "entra/tokens", { role: "AcrPull" });
      assert.equal(bad.status, 400);
    }));

  const refused: readonly [says: string, sent: Sent][] = [
    ["a page in a browser", { headers: { origin: "http://127.0.0.1" } }],
    ["a host name bent to the loopback", { headers: { host: "evil.example" } }],
  ];
  for (const [says, sent] of refused) {
    it(`refuses ${says}`, () =>
      withEmulator({}, async (emulator) => {
        const answer = await exchange(`${emulator.url}/_emulator/journal`, sent);
        assert.equal(answer.status, 403);
      }));
  }

  it("answers 404 to any other path", () =>
    withEmulator({}, async (emulator) => {
      assert.equal((await control(emulator, "GET", "else")).status, 404);
    }));
});

describe("the emulator's throttle fault", () => {
  it("refuses requests for the given seconds, counting down, then lets everything through", async () => {
    let now = Date.now();
    await withEmulator({ now: () => now }, async (emulator) => {
      const fault = emulator.faults.add({
        path: "/v2/",
        nth: 2,
        action: { type: "throttle", seconds: 3 },
      });
      const seen: [number, string | undefined][] = [];
      for (const wait of [0, 0, 1500, 1000, 600]) {
        now += wait;
        const { status, headers } = await asAdmin(emulator, "/v2/");
        seen.push([status, headers["retry-after"]]);
      }
      assert.deepEqual(seen, [
        [200, undefined],
        [429, "3"],
        [429, "2"],
        [429, "1"],
        [200, undefined],
      ]);
      assert.equal(fault.hits, 3);
      assert.equal(emulator.journal.entries[1]?.fault, "throttle");
    });
  });
});
