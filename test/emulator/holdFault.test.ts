import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Emulator } from "pulumi-acr/emulator";
import { config, image, layer, ociManifest, pushBlob } from "./content.js";
import { asAdmin, withEmulator } from "./exchange.js";

const RELEASES: Readonly<Record<string, (emulator: Emulator) => unknown>> = {
  "is removed": (emulator) => emulator.faults.list[0]?.remove(),
  "and all others are cleared": (emulator) => emulator.faults.clear(),
  "is removed over HTTP": (emulator) =>
    asAdmin(emulator, "/_emulator/faults/1", { method: "DELETE" }),
};

describe("the emulator's hold fault", () => {
  /** Puts a manifest, and acts once the request has met the fault. */
  const holding = (
    act: (emulator: Emulator, held: ReturnType<typeof asAdmin>) => Promise<void>,
  ): Promise<void> =>
    withEmulator({}, async (emulator) => {
      await pushBlob(emulator, "a", config);
      await pushBlob(emulator, "a", layer);
      const fault = emulator.faults.add({ method: "PUT", action: { type: "hold" } });
      const headers = { "content-type": ociManifest };
      const put = { method: "PUT", headers, body: image.text };
      const held = asAdmin(emulator, "/v2/a/manifests/v1", put);
      held.catch(() => undefined);
      while (fault.hits === 0) await get(emulator);
      assert.equal((await get(emulator)).status, 404);
      await act(emulator, held);
    });
  const get = (emulator: Emulator) => asAdmin(emulator, "/v2/a/manifests/v1");

  for (const [name, release] of Object.entries(RELEASES)) {
    it(`lets the request take effect when it ${name}`, () =>
      holding(async (emulator, held) => {
        await release(emulator);
        assert.equal((await held).status, 201);
        assert.equal((await get(emulator)).status, 200);
        const put = emulator.journal.entries.find(({ fault }) => fault === "hold");
        assert.deepEqual([put?.applied, put?.status], [true, 201]);
        assert.deepEqual(emulator.faults.list, []);
      }));
  }

  it("does not hold up close", () =>
    holding(async (emulator, held) => {
      await emulator.close();
      await assert.rejects(held, { code: "ECONNRESET" });
    }));
});
