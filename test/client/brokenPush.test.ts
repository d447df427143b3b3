import assert from "node:assert/strict";
import { buffer } from "node:stream/consumers";
import { describe, it } from "mocha";
import { seededBlob } from "../provider/registry/seededBlob.js";
import { emulatorForSuite } from "../support/emulatorForSuite.js";

const KIB = 1024;
const CHUNK = 25 * KIB;

describe("push of a blob", () => {
  const subject = emulatorForSuite();

  it("arrives in one session over a connection that breaks more often than a push is begun anew", async () => {
    const blob = seededBlob(20 * CHUNK + 1);
    const blobs = subject.client({ chunkSize: CHUNK }).repository("up/load").blobs;
    const cuts = [2, 4, 6, 8, 10, 12, 14].map((nth) =>
      subject.emulator.faults.add({
        method: "PATCH",
        nth,
        action: { type: "resetAfter", bytes: 10 * KIB },
      }),
    );
    assert.equal(await blobs.push(blob), "uploaded");
    assert.deepEqual(
      cuts.map(({ hits }) => hits),
      cuts.map(() => 1),
    );
    const sent = subject.methods.split(" ");
    assert.equal(sent.filter((method) => method === "POST").length, 1);
    assert.ok(!sent.includes("DELETE"));
    assert.equal(subject.emulator.openUploads(), 0);
    assert.deepEqual(await buffer(await blobs.fetch(blob.descriptor.digest)), blob.content);
  });
});
