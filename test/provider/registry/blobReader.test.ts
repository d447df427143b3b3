import assert from "node:assert/strict";
import { buffer } from "node:stream/consumers";
import { PassThrough, Readable } from "node:stream";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { hasCode } from "../../../provider/errors.js";
import { BlobReader } from "../../../provider/registry/blobReader.js";
import { seededBlob } from "./seededBlob.js";

const reader = (blob: ReturnType<typeof seededBlob>) => new BlobReader(blob, "blob x", undefined);

describe("BlobReader", () => {
  it("gives the same bytes in chunks of any size, and opens the source once", async () => {
    const sizes = { size: fc.nat(5_000), chunk: fc.integer({ min: 1, max: 2_000 }) };
    await fc.assert(
      fc.asyncProperty(
        fc.record({ ...sizes, piece: fc.integer({ min: 1, max: 3_000 }) }),
        async ({ size, chunk, piece }) => {
          const blob = seededBlob(size, { piece });
          const source = reader(blob);
          const chunks: Buffer[] = [];
          for (let start = 0; start < size; start += chunk) {
            chunks.push(await buffer(await source.slice(start, Math.min(start + chunk, size))));
          }
          assert.deepEqual(Buffer.concat(chunks), blob.content);
          assert.equal(blob.opened, size === 0 ? 0 : 1);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("opens the source again for a repeated slice", async () => {
    const blob = seededBlob(100, { piece: 7 });
    const source = reader(blob);
    await buffer(await source.slice(0, 40));
    await buffer(await source.slice(40, 80));
    assert.deepEqual(await buffer(await source.slice(40, 80)), blob.content.subarray(40, 80));
    assert.deepEqual(await buffer(await source.slice(80, 100)), blob.content.subarray(80));
    assert.equal(blob.opened, 2);
  });

  it("continues after a slice that was given up half way", async () => {
    const blob = seededBlob(100_000, { piece: 10 });
    const source = reader(blob);
    const given = await source.slice(0, 50_000);
    for await (const piece of given) {
      assert.ok(piece instanceof Buffer);
      break;
    }
    assert.deepEqual(await buffer(await source.slice(0, 50_000)), blob.content.subarray(0, 50_000));
    assert.equal(source.failure, undefined);
  });

  it("shares no source with a slice that was given up while it waited for its first bytes", async () => {
    const content = seededBlob(200_000);
    const sources: PassThrough[] = [];
    const open = (): Readable => {
      const source = new PassThrough();
      sources.push(source);
      return source;
    };
    const source = new BlobReader({ descriptor: content.descriptor, open }, "blob x", undefined);
    const given = await source.slice(0, 200_000);
    const pending = buffer(given);
    const again = buffer(await source.slice(0, 200_000));
    for (const one of sources) if (!one.destroyed) one.end(content.content);
    assert.deepEqual(await again, content.content);
    await assert.rejects(pending);
    assert.equal(source.failure, undefined);
    assert.equal(sources.length, 2);
  });

  const endings: readonly [string, (source: BlobReader) => unknown][] = [
    ["it was closed", (source) => source.close()],
    ["another slice was asked for", (source) => source.slice(0, 10)],
  ];
  for (const [name, end] of endings) {
    it(`closes a source that opens after ${name}`, async () => {
      const blob = seededBlob(10);
      const late = Readable.from([blob.content]);
      let give: (source: Readable) => void = () => undefined;
      const opening = [
        new Promise<Readable>((resolve) => (give = resolve)),
        Promise.resolve(Readable.from([blob.content])),
      ];
      const open = () => opening.shift() ?? assert.fail("opened too often");
      const source = new BlobReader({ descriptor: blob.descriptor, open }, "blob x", undefined);
      const slice = source.slice(0, 10);
      await end(source);
      give(late);
      await assert.rejects(slice);
      assert.ok(late.destroyed);
      assert.equal(source.failure, undefined);
    });
  }

  it("reads an empty blob, and checks that it is empty", async () => {
    assert.equal((await reader(seededBlob(0)).bytes()).length, 0);
    const grown = seededBlob(0, { spoil: () => Buffer.from("x") });
    await assert.rejects(reader(grown).bytes(), (error) => hasCode(error, "SIZE_MISMATCH"));
  });

  const bad: readonly [
    name: string,
    spoil: (content: Buffer) => Buffer,
    code: "DIGEST_MISMATCH" | "SIZE_MISMATCH",
  ][] = [
    ["changed", (bytes) => Buffer.from(bytes).fill(0, 99), "DIGEST_MISMATCH"],
    ["shrunk", (bytes) => bytes.subarray(0, 99), "SIZE_MISMATCH"],
    ["grown", (bytes) => Buffer.concat([bytes, bytes]), "SIZE_MISMATCH"],
  ];
  for (const [name, spoil, code] of bad) {
    for (const piece of [1, 64, 1_000]) {
      it(`never completes a body of content that has ${name} (pieces of ${piece})`, async () => {
        const source = reader(seededBlob(100, { piece, spoil }));
        let received = 0;
        await assert.rejects(
          async () => {
            await buffer(await source.slice(0, 50));
            for await (const part of await source.slice(50, 100))
              received += (part as Buffer).length;
          },
          (error) => hasCode(error, code),
        );
        assert.ok(received < 50);
        assert.ok(hasCode(source.failure, code));
      });
    }
  }

  it("throws the source's own error", async () => {
    const broken = new Error("EIO");
    const blob = {
      descriptor: seededBlob(10).descriptor,
      open: () => new Readable({ read: (): void => undefined }).destroy(broken),
    };
    const source = new BlobReader(blob, "blob x", undefined);
    await assert.rejects(source.bytes(), broken);
    assert.equal(source.failure, broken);
  });

  it("remembers that the source could not be opened", async () => {
    const missing = new Error("ENOENT");
    const blob = { descriptor: seededBlob(10).descriptor, open: () => Promise.reject(missing) };
    const source = new BlobReader(blob, "blob x", undefined);
    await assert.rejects(source.bytes(), missing);
    assert.equal(source.failure, missing);
  });
});
