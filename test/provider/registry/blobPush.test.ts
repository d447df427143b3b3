import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { blobsOf, FakeRegistry, KIB, MIB, UPLOADS } from "./fakeRegistry.js";
import { ACR, FakeTransport, OTHER } from "./fakeTransport.js";
import { seededBlob } from "./seededBlob.js";

describe("push of a blob", () => {
  const budget: readonly [
    name: string,
    marks: typeof ACR | typeof OTHER,
    size: number,
    methods: string,
  ][] = [
    ["empty, ACR", ACR, 0, "POST"],
    ["64 KiB, ACR", ACR, 64 * KIB, "POST"],
    ["64 KiB + 1, ACR", ACR, 64 * KIB + 1, "HEAD POST"],
    ["4 MiB, ACR", ACR, 4 * MIB, "HEAD POST"],
    ["4 MiB + 1, ACR", ACR, 4 * MIB + 1, "HEAD POST PUT"],
    ["16 MiB, ACR", ACR, 16 * MIB, "HEAD POST PUT"],
    ["16 MiB + 1, ACR", ACR, 16 * MIB + 1, "HEAD POST PATCH PATCH PUT"],
    ["empty, other", OTHER, 0, "POST PUT"],
    ["64 KiB + 1, other", OTHER, 64 * KIB + 1, "HEAD POST PUT"],
    ["20 MiB, other", OTHER, 20 * MIB, "HEAD POST PUT"],
  ];
  for (const [name, marks, size, methods] of budget) {
    it(`takes ${methods}: ${name}`, async () => {
      const registry = new FakeRegistry(marks);
      const blob = seededBlob(size, { piece: MIB });
      assert.equal(await blobsOf(registry.transport).push(blob), "uploaded");
      assert.equal(registry.transport.methods, methods);
      assert.ok(registry.holds(blob));
    });
  }

  it("sends the session's own Location, the range without unit, and asks for one scope", async () => {
    const registry = new FakeRegistry(ACR);
    await blobsOf(registry.transport).push(seededBlob(20 * MIB, { piece: MIB }));
    const [, , first, second, last] = registry.transport.requests;
    assert.equal(first?.path, `${UPLOADS}1?_state=0`);
    assert.equal(first.headers?.["content-range"], `0-${16 * MIB - 1}`);
    assert.equal(second?.path, `${UPLOADS}1?_state=${16 * MIB}`);
    assert.equal(second.headers?.["content-range"], `${16 * MIB}-${20 * MIB - 1}`);
    assert.match(last?.path ?? "", /\?_state=\d+&digest=sha256%3A[a-f0-9]{64}$/);
    for (const { scopes } of registry.transport.requests) {
      assert.deepEqual(scopes, [
        { type: "repository", repository: "a", actions: ["pull", "push"] },
      ]);
    }
  });

  it("does not send an existing blob", async () => {
    const registry = new FakeRegistry(ACR);
    const blob = seededBlob(65 * KIB);
    registry.stored.set(blob.descriptor.digest, blob.content);
    assert.equal(await blobsOf(registry.transport).push(blob), "existed");
    assert.equal(registry.transport.methods, "HEAD");
    assert.equal(blob.opened, 0);
  });

  it("asks first, or not, as told", async () => {
    const registry = new FakeRegistry(ACR);
    await blobsOf(registry.transport).push(seededBlob(1), { askFirst: true });
    await blobsOf(registry.transport).push(seededBlob(MIB, { seed: 2 }), { askFirst: false });
    assert.equal(registry.transport.methods, "HEAD POST POST");
  });

  it("tries the single POST once if the registry does not support it", async () => {
    const registry = new FakeRegistry(OTHER);
    for (const seed of [1, 2]) await blobsOf(registry.transport).push(seededBlob(10, { seed }));
    const singles = registry.transport.requests.filter(({ path }) =>
      path.includes("uploads/?digest="),
    );
    assert.equal(registry.transport.methods, "POST PUT POST PUT");
    assert.equal(singles.length, 1);
  });

  it("sends the same blob once when it is pushed by many at once", async () => {
    const registry = new FakeRegistry(ACR);
    const blob = seededBlob(5 * MIB);
    const pushes = Array.from({ length: 20 }, () => blobsOf(registry.transport).push(blob));
    const outcomes = await Promise.all(pushes);
    assert.deepEqual(outcomes.sort().slice(0, 1).concat(outcomes.slice(-1)), [
      "existed",
      "uploaded",
    ]);
    assert.equal(registry.transport.methods, "HEAD POST PUT");
    assert.equal(blob.opened, 1);
  });

  it("reports progress that ends with the size", async () => {
    for (const size of [10, MIB]) {
      const registry = new FakeRegistry(ACR);
      const seen: number[] = [];
      await blobsOf(registry.transport).push(seededBlob(size), {
        onProgress: (sent) => seen.push(sent),
      });
      if (size === 10) assert.equal(seen.at(-1), size);
    }
  });

  it("sends chunks of any size without losing bytes", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 3_000 }),
        fc.integer({ min: 1, max: 1_000 }),
        fc.integer({ min: 1, max: 500 }),
        async (size, chunkSize, piece) => {
          const registry = new FakeRegistry(ACR);
          const blob = seededBlob(size, { piece });
          await blobsOf(registry.transport, { chunkSize }).push(blob);
          assert.ok(registry.holds(blob));
          const chunks = size <= chunkSize ? 0 : Math.ceil(size / chunkSize);
          assert.equal(registry.transport.methods.match(/PATCH/g)?.length ?? 0, chunks);
        },
      ),
      { numRuns: 50 },
    );
  });

  it("respects the registry's minimum chunk size", async () => {
    const transport = FakeTransport.script(
      { status: 202, headers: { location: `${UPLOADS}1`, "oci-chunk-min-length": "60" } },
      { status: 202, headers: { location: `${UPLOADS}1`, range: "0-59" } },
      { status: 202, headers: { location: `${UPLOADS}1`, range: "0-99" } },
      { status: 201 },
    );
    await blobsOf(transport, { chunkSize: 10 }).push(seededBlob(100));
    assert.deepEqual(
      transport.requests.map(({ sent }) => sent.length),
      [0, 60, 40, 0],
    );
  });
});
