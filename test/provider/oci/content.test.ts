import assert from "node:assert/strict";
import { buffer } from "node:stream/consumers";
import { Readable } from "node:stream";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { hasCode } from "../../../provider/errors.js";
import { digestOf } from "../../../provider/oci/digest.js";
import { memoryBlob } from "../../../provider/oci/memoryBlob.js";
import { VerifiedStream } from "../../../provider/oci/verifiedStream.js";

const CONTENT = Buffer.from("some content");
const EXPECTED = { digest: digestOf(CONTENT), size: CONTENT.length };

describe("VerifiedStream", () => {
  it("passes right bytes on, however they are divided", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array()), fc.boolean(), async (pieces, longer) => {
        const bytes = Buffer.concat(pieces);
        const digest = digestOf(bytes, longer ? "sha512" : "sha256");
        const stream = new VerifiedStream({ digest, size: bytes.length }, "it");
        const passed = await buffer(Readable.from(pieces, { objectMode: false }).pipe(stream));
        assert.deepEqual(passed, bytes);
      }),
      { numRuns: 50 },
    );
  });

  const bad = [
    { name: "other bytes", bytes: "some CONTENT", code: "DIGEST_MISMATCH" },
    { name: "fewer bytes", bytes: "some", code: "SIZE_MISMATCH" },
    { name: "more bytes", bytes: "some content and more", code: "SIZE_MISMATCH" },
    { name: "no bytes", bytes: "", code: "SIZE_MISMATCH" },
  ] as const;
  for (const { name, bytes, code } of bad) {
    it(`fails before the end for ${name}`, async () => {
      const stream = new VerifiedStream(EXPECTED, "blob x");
      let ended = false;
      stream.on("end", () => (ended = true));
      stream.end(Buffer.from(bytes));
      await assert.rejects(
        () => buffer(stream),
        (error) => hasCode(error, code) && error.message.startsWith("blob x: "),
      );
      assert.equal(ended, false);
    });
  }
});

describe("memoryBlob", () => {
  it("is of no type in particular if none is given, as a file is", () => {
    const { mediaType } = memoryBlob(Buffer.from("x")).descriptor;
    assert.equal(mediaType, "application/octet-stream");
  });

  for (const size of [0, 1, 100_000]) {
    it(`opens ${size} bytes any number of times`, async () => {
      const bytes = Buffer.alloc(size, 7);
      const blob = memoryBlob(bytes, { mediaType: "a/b", annotations: { a: "b" } });
      assert.deepEqual(blob.descriptor, {
        mediaType: "a/b",
        annotations: { a: "b" },
        digest: digestOf(bytes),
        size,
      });
      for (let round = 0; round < 2; round += 1)
        assert.deepEqual(await buffer(await blob.open()), bytes);
    });
  }
});
