import assert from "node:assert/strict";
import { buffer } from "node:stream/consumers";
import { describe, it } from "mocha";
import type { Blob, Repository } from "../../../provider/registry/index.js";
import { seededBlob } from "./seededBlob.js";
import { emulatorForSuite } from "../../support/emulatorForSuite.js";

const MIB = 1024 * 1024;

describe("blobs that are read from the registry that they are sent to", () => {
  const subject = emulatorForSuite();

  const relayed = (from: Repository, { descriptor }: Blob): Blob => ({
    descriptor,
    open: (options) => from.blobs.fetch(descriptor, options),
  });

  for (const maxConcurrency of [1, 2]) {
    for (const size of [200_000, 5 * MIB]) {
      it(`four of ${size} bytes, with ${maxConcurrency} at once: in one session each`, async () => {
        const chunkSize = 2 * MIB;
        const registry = subject.client({ maxConcurrency, chunkSize });
        const from = registry.repository("from");
        const to = registry.repository(`to${maxConcurrency}/${size}`);
        const blobs = [1, 2, 3, 4].map((seed) => seededBlob(size, { seed }));
        for (const blob of blobs) await from.blobs.push(blob);
        subject.emulator.journal.clear();
        await Promise.all(blobs.map((blob) => to.blobs.push(relayed(from, blob))));
        assert.ok(!subject.methods.includes("DELETE"), subject.methods);
        const reads = subject.requests.filter((one) => /^GET \/v2\/from\/blobs/.test(one));
        assert.equal(reads.length, 4);
        for (const { descriptor, content } of blobs) {
          assert.deepEqual(await buffer(await to.blobs.fetch(descriptor)), content);
        }
      });
    }
  }

  it("an upload that is refused with 429 goes on after the pause, in the same session", async () => {
    const registry = subject.client();
    const from = registry.repository("from");
    const to = registry.repository("throttled");
    const blob = seededBlob(5 * MIB, { seed: 5 });
    await from.blobs.push(blob);
    const action = { type: "status", status: 429 } as const;
    subject.emulator.faults.add({ method: "PUT", path: /\/uploads\//, action });
    subject.emulator.journal.clear();
    await to.blobs.push(relayed(from, blob));
    assert.equal(subject.emulator.journal.entries.filter(({ status }) => status === 429).length, 1);
    assert.ok(!subject.methods.includes("DELETE"), subject.methods);
    assert.deepEqual(await buffer(await to.blobs.fetch(blob.descriptor)), blob.content);
  });
});
