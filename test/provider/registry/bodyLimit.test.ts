import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { describe, it } from "mocha";
import { BodyLimit } from "../../../provider/registry/bodyLimit.js";
import { blobsOf, FakeRegistry, KIB, MIB } from "./fakeRegistry.js";
import { ACR, OTHER, refusal } from "./fakeTransport.js";
import { seededBlob } from "./seededBlob.js";

/** A registry behind a proxy with nginx's default limit, and the sizes of refused bodies. */
function behindProxy(marks: Readonly<Record<string, string>>) {
  const refused: number[] = [];
  const registry = new FakeRegistry(marks, ({ sent }) => {
    if (sent.length <= MIB) return undefined;
    refused.push(sent.length);
    return refusal("REJECTED", 413);
  });
  return { registry, refused, blobs: blobsOf(registry.transport) };
}

describe("the largest accepted body", () => {
  for (const [name, marks] of [
    ["ACR", ACR],
    ["another registry", OTHER],
  ] as const) {
    it(`is learned once for all uploads of a client (${name})`, async () => {
      const { registry, refused, blobs } = behindProxy(marks);
      await blobs.push(seededBlob(20 * MIB, { piece: MIB }));
      assert.ok(refused.length > 0);
      refused.length = 0;
      for (const size of [MIB / 2, 2 * MIB, 5 * MIB, 20 * MIB + 1]) {
        const blob = seededBlob(size, { piece: MIB });
        assert.equal(await blobs.push(blob), "uploaded");
        assert.ok(registry.holds(blob));
      }
      const { content, descriptor } = seededBlob(6 * MIB + 1);
      const { digest } = await blobs.upload(Readable.from([content], { objectMode: false }));
      assert.equal(digest, descriptor.digest);
      assert.deepEqual(refused, []);
      // Another client does not know the limit.
      const other = behindProxy(marks);
      await other.blobs.push(seededBlob(2 * MIB));
      assert.ok(other.refused.length > 0);
    });
  }

  it("is learned from a stream, too", async () => {
    const { refused, blobs } = behindProxy(ACR);
    await blobs.upload(Readable.from([seededBlob(9 * MIB).content], { objectMode: false }));
    assert.deepEqual(refused, [4 * MIB]);
    await blobs.push(seededBlob(20 * MIB, { piece: MIB }));
    assert.deepEqual(refused, [4 * MIB]);
  });

  it("is not learned from a cut connection, which may be chance", async () => {
    let cuts = 1;
    const registry = new FakeRegistry(ACR, ({ method }) =>
      method === "PATCH" && cuts-- > 0 ? refusal("UNAVAILABLE", undefined) : undefined,
    );
    const chunks = (): number[] =>
      registry.transport.requests
        .filter(({ method }) => method === "PATCH")
        .map(({ sent }) => sent.length / MIB);
    await blobsOf(registry.transport).push(seededBlob(20 * MIB, { piece: MIB }));
    assert.deepEqual(chunks(), [16, 4, 4, 4, 4, 4]);
    await blobsOf(registry.transport).push(seededBlob(20 * MIB + 1, { piece: MIB }));
    assert.deepEqual(chunks().slice(6), [16, 4 + 1 / MIB]);
  });

  it("no further POST with a body is sent to a proxy that refuses the smallest one", async () => {
    const registry = new FakeRegistry(ACR, ({ method, sent }) =>
      method === "POST" && sent.length > 0 ? refusal("REJECTED", 413) : undefined,
    );
    for (let count = 1; count <= 3; count++) {
      assert.equal(await blobsOf(registry.transport).push(seededBlob(count)), "uploaded");
    }
    assert.equal(registry.transport.methods, "POST POST PUT POST PUT POST PUT");
  });

  for (const kind of ["a blob", "a stream"] as const) {
    it(`is learned even if a larger body was accepted before on another route (${kind})`, async () => {
      let most = Number.POSITIVE_INFINITY;
      const registry = new FakeRegistry(ACR, ({ sent }) =>
        sent.length > most ? refusal("REJECTED", 413) : undefined,
      );
      const blobs = blobsOf(registry.transport);
      await blobs.push(seededBlob(20 * MIB, { piece: MIB }));
      most = MIB;
      const blob = seededBlob(9 * MIB);
      if (kind === "a blob") await blobs.push(blob);
      else await blobs.upload(Readable.from([blob.content], { objectMode: false }));
      assert.ok(registry.holds(blob));
    });
  }

  for (const kind of ["a blob", "a stream"] as const) {
    it(`is not learned where everything is refused, as for a quota (${kind})`, async () => {
      let isFull = true;
      const registry = new FakeRegistry(ACR, ({ sent }) =>
        isFull && sent.length > 0 ? refusal("REJECTED", 413) : undefined,
      );
      const blobs = blobsOf(registry.transport);
      const blob = seededBlob(20 * MIB, { piece: MIB });
      const push = (): Promise<unknown> =>
        kind === "a blob"
          ? blobs.push(blob)
          : blobs.upload(Readable.from([blob.content], { objectMode: false }));
      await assert.rejects(push(), { status: 413 });
      isFull = false;
      registry.transport.requests.length = 0;
      await push();
      const sizes = registry.transport.requests.map(({ sent }) => sent.length / MIB);
      assert.equal(Math.max(...sizes), kind === "a blob" ? 16 : 4);
      assert.ok(registry.holds(blob));
    });
  }

  it("is the smaller one of two uploads, whichever learns it first", () => {
    const limit = new BodyLimit();
    assert.ok(limit.lowerAfterRefusal(16 * MIB, { atLeast: 0, accepted: 0 }));
    assert.ok(limit.lowerAfterRefusal(4 * MIB, { atLeast: 0, accepted: 0 }));
    // Already under way before that.
    assert.ok(limit.lowerAfterRefusal(16 * MIB, { atLeast: 0, accepted: 0 }));
    assert.equal(limit.most, MIB);
    assert.equal(limit.lowerAfterRefusal(MIB, { atLeast: 0, accepted: MIB }), false);
    assert.equal(limit.lowerAfterRefusal(16 * MIB, { atLeast: 16 * MIB, accepted: 0 }), false);
    assert.equal(limit.most / KIB, 1024);
  });
});
