import assert from "node:assert/strict";
import { describe, it } from "mocha";

import { layer, pushBlob, pushImage } from "./content.js";
import { asAdmin, exchange, withEmulator } from "./exchange.js";

describe("the emulator's journal", () => {
  it("has every request in order of arrival, with sizes and statuses", () =>
    withEmulator({}, async (emulator) => {
      await pushBlob(emulator, "a", layer);
      await exchange(`${emulator.url}/v2/a/tags/list?n=1`);
      const [push, list] = emulator.journal.entries;
      assert.deepEqual(
        [push?.method, push?.path, push?.status, push?.requestBytes, push?.responseBytes],
        ["POST", "/v2/a/blobs/uploads/", 201, layer.text.length, 0],
      );
      assert.equal(push?.query, `digest=${encodeURIComponent(layer.digest)}`);
      assert.deepEqual(
        [list?.path, list?.query, list?.status, list?.authorization, list?.applied],
        ["/v2/a/tags/list", "n=1", 401, "none", true],
      );
      assert.ok((list?.responseBytes ?? 0) > 100);
    }));

  it("keeps paths as they were sent", () =>
    withEmulator({}, async (emulator) => {
      await exchange(`${emulator.url}/v2/a%2Fb/tags/list`);
      assert.equal(emulator.journal.entries[0]?.path, "/v2/a%2Fb/tags/list");
    }));

  it("never contains a credential", () =>
    withEmulator({ password: "canary-password" }, async (emulator) => {
      await asAdmin(emulator, "/v2/");
      await exchange(`${emulator.url}/v2/`, { headers: { authorization: "Bearer canary-token" } });
      const [basic, bearer] = emulator.journal.entries;
      assert.equal(basic?.authorization, "basic");
      assert.equal(bearer?.authorization, "bearer");
      const text = JSON.stringify(emulator.journal.entries);
      const encoded = Buffer.from("emulator:canary-password").toString("base64");
      assert.ok(!text.includes("canary") && !text.includes(encoded), text);
    }));

  it("tells the two servers apart, and which credential came to storage", () =>
    withEmulator({}, async (emulator) => {
      await pushImage(emulator, "a", "v1");
      const redirect = await asAdmin(emulator, `/v2/a/blobs/${layer.digest}`);
      emulator.journal.clear();
      const location = redirect.headers.location ?? "";
      const clean = await exchange(location);
      const leaking = await exchange(location, { headers: { authorization: "Bearer x" } });
      assert.equal(clean.body.toString(), layer.text);
      assert.equal(leaking.status, 400);
      assert.deepEqual(
        emulator.journal.entries.map(({ server, authorization, status }) => [
          server,
          authorization,
          status,
        ]),
        [
          ["storage", "none", 200],
          ["storage", "bearer", 400],
        ],
      );
    }));

  it("drops the oldest beyond its limit", () =>
    withEmulator({ journalLimit: 2 }, async (emulator) => {
      for (const name of ["a", "b", "c"]) await exchange(`${emulator.url}/${name}`);
      assert.deepEqual(
        emulator.journal.entries.map(({ path }) => path),
        ["/b", "/c"],
      );
      assert.equal(emulator.journal.dropped, 1);
      emulator.journal.clear();
      assert.deepEqual([emulator.journal.entries.length, emulator.journal.dropped], [0, 0]);
    }));
});
