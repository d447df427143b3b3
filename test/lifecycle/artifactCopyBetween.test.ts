import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "mocha";
import { type Emulator, startEmulator } from "pulumi-acr/emulator";
import {
  type Digest,
  EMPTY_BYTES,
  EMPTY_DESCRIPTOR,
  manifestFrom,
  memoryBlob,
} from "pulumi-acr/client";
import { environmentFor } from "../support/engine.js";
import { type Bag, type Declaration, MiniEngine } from "../support/miniEngine.js";
import { requestsTo, tokensFrom, writesTo } from "../support/requests.js";
import { Somebody } from "../support/somebody.js";
import { seededBlob } from "../provider/registry/seededBlob.js";

const MIB = 1024 * 1024;
const REPOSITORY = "team/app";
const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";

/** Source and target are unrelated registries. */
describe("ArtifactCopy between registries", () => {
  let source: Emulator;
  let target: Emulator;
  let theirs: Somebody;
  let ours: Somebody;
  let engine: MiniEngine;

  beforeEach(async () => {
    source = await startEmulator({ anonymousPull: true });
    target = await startEmulator();
    theirs = new Somebody(source, REPOSITORY);
    ours = new Somebody(target, REPOSITORY);
    const manners = { retry: { baseDelayMs: 1, maxDelayMs: 2 } };
    engine = new MiniEngine({ environment: environmentFor(target), manners });
  });
  afterEach(async () => {
    for (const one of [theirs, ours]) one.close();
    for (const one of [source, target]) await one.close();
  });

  const anonymous = (): Bag => ({ loginServer: source.url, credential: "anonymous" });
  function copy(digest: string, inputs: Bag = {}, registry = anonymous()): Declaration[] {
    const from = { repository: REPOSITORY, digest, registry };
    const all = { source: from, repository: REPOSITORY, tags: ["1.0"], ...inputs };
    return [{ name: "copy", kind: "ArtifactCopy", inputs: all }];
  }

  /** Publishes a manifest of any kind at the source; its blobs must exist. */
  async function put(document: object, mediaType = MANIFEST): Promise<Digest> {
    const manifest = manifestFrom(document, mediaType);
    await theirs.repository.manifests.push(manifest);
    return manifest.descriptor.digest;
  }

  /** An image with one layer of this size. */
  async function image(size: number, seed = 1): Promise<{ digest: Digest; layer: Digest }> {
    const blob = seededBlob(size, { seed });
    await theirs.repository.blobs.push(blob);
    await theirs.repository.blobs.push(memoryBlob(EMPTY_BYTES, EMPTY_DESCRIPTOR));
    const layers = [blob.descriptor];
    const digest = await put({ schemaVersion: 2, config: EMPTY_DESCRIPTOR, layers });
    return { digest, layer: blob.descriptor.digest };
  }

  function received(emulator: Emulator): number {
    return emulator.journal.entries
      .filter(({ server }) => server === "storage")
      .reduce((sum, { responseBytes }) => sum + responseBytes, 0);
  }

  it("asks the target first and streams each missing blob once", async () => {
    const { digest, layer } = await image(5 * MIB);
    source.journal.clear();
    target.journal.clear();
    await engine.up(copy(digest));
    assert.equal(await ours.digestOf("1.0"), digest);
    assert.ok(await ours.repository.blobs.exists(layer));
    assert.deepEqual(received(source), 5 * MIB + EMPTY_BYTES.length);
    assert.deepEqual(writesTo(source), []);
    assert.deepEqual(requestsTo(target).slice(0, 4), [
      ...["HEAD manifest", "HEAD tag 1.0", "HEAD blob", "HEAD blob"],
    ]);
    assert.deepEqual(tokensFrom(source).length, 1);
  });

  it("does not mount from the target's repository with the name of the source's", async () => {
    const { digest } = await image(1);
    target.journal.clear();
    await engine.up(copy(digest, { repository: "team/mirror" }));
    assert.ok(target.journal.entries.every(({ query }) => !query.includes("mount=")));
  });

  it("does not fetch a blob that the target has", async () => {
    const { digest, layer } = await image(5 * MIB);
    await ours.repository.blobs.push(seededBlob(5 * MIB));
    source.journal.clear();
    await engine.up(copy(digest));
    assert.equal(received(source), EMPTY_BYTES.length);
    assert.ok(await ours.repository.blobs.exists(layer));
  });

  it("resumes a download when the source's connection is cut", async () => {
    const { digest } = await image(9 * MIB);
    source.journal.clear();
    source.faults.add({
      server: "storage",
      path: /./,
      nth: 1,
      times: 2,
      action: { type: "truncate", bytes: 3 * MIB },
    });
    await engine.up(copy(digest));
    assert.equal(await ours.digestOf("1.0"), digest);
    const ranges = source.journal.entries.flatMap(({ server, requestHeaders }) =>
      server === "storage" && requestHeaders["range"] !== undefined
        ? [requestHeaders["range"]]
        : [],
    );
    assert.ok(ranges.length > 0, "resumed with Range");
    assert.ok(received(source) < 2 * 9 * MIB, "not begun anew");
  });

  it("restarts an upload when the target's session fails", async () => {
    const { digest } = await image(9 * MIB);
    const fault = target.faults.add({
      method: "PUT",
      path: /\/blobs\/uploads\//,
      times: 1,
      action: { type: "status", status: 404, code: "BLOB_UPLOAD_UNKNOWN" },
    });
    await engine.up(copy(digest));
    assert.equal(fault.hits, 1);
    assert.equal(await ours.digestOf("1.0"), digest);
  });

  it("publishes nothing if the source serves other bytes for a blob", async () => {
    const { digest, layer } = await image(5 * MIB);
    source.faults.add({ server: "storage", times: Infinity, action: { type: "corrupt" } });
    await assert.rejects(engine.up(copy(digest)), { message: /DIGEST_MISMATCH\]$/ });
    assert.equal(await ours.repository.blobs.exists(layer), false);
    assert.equal(await ours.has(digest), false);
    assert.deepEqual(engine.state, []);
  });

  it("publishes nothing if the manifest's bytes do not match its digest", async () => {
    const { digest } = await image(10);
    source.faults.add({ method: "GET", path: /\/manifests\//, action: { type: "corrupt" } });
    await assert.rejects(engine.up(copy(digest)), { message: /DIGEST_MISMATCH\]$/ });
    assert.deepEqual(writesTo(target), []);
  });

  it("names a blob that the source no longer has", async () => {
    const { digest, layer } = await image(100);
    await theirs.repository.blobs.delete(layer);
    await assert.rejects(engine.up(copy(digest)), {
      message: new RegExp(`blob team/app@${layer}|${layer}.*NOT_FOUND`),
    });
    assert.equal(await ours.digestOf("1.0"), undefined);
  });

  it("signs in at the source with a separate credential and does not reveal it", async () => {
    const { digest } = await image(10);
    const { username, password } = source.credentials;
    const program = copy(digest, {}, { loginServer: source.url, username, password });
    await engine.up(program);
    source.journal.clear();
    target.journal.clear();
    assert.equal((await engine.up(program)).operations["copy"], "same");
    assert.deepEqual([requestsTo(source), requestsTo(target)], [[], []]);
    const wrong = { loginServer: source.url, username, password: "wrong-password" };
    engine.state = [];
    await assert.rejects(engine.up(copy(digest, {}, wrong)), ({ message }: Error) => {
      assert.match(message, /UNAUTHORIZED/);
      assert.doesNotMatch(message, /wrong-password/);
      return true;
    });
  });

  it("does not read the source at refresh or destroy", async () => {
    const { digest } = await image(10);
    await engine.up(copy(digest));
    await source.close();
    assert.equal((await engine.refresh()).operations["copy"], "same");
    await engine.destroy();
    assert.equal(await ours.repository.attributes.repository(), undefined);
  });

  it("makes no request to the target when only the source's credential changes", async () => {
    const { digest } = await image(10);
    await engine.up(copy(digest));
    const { username, password } = source.credentials;
    target.journal.clear();
    const run = await engine.up(copy(digest, {}, { loginServer: source.url, username, password }));
    assert.equal(run.operations["copy"], "update");
    assert.deepEqual(requestsTo(target), []);
  });

  describe("copies byte for byte", () => {
    const blob = memoryBlob(Buffer.from("content"), { mediaType: "application/octet-stream" });
    const { digest: blobDigest, size } = blob.descriptor;
    const layer = {
      mediaType: "application/vnd.docker.image.rootfs.diff.tar.gzip",
      digest: blobDigest,
      size,
    };
    const config = {
      mediaType: "application/vnd.docker.container.image.v1+json",
      digest: blobDigest,
      size,
    };

    beforeEach(() => theirs.repository.blobs.push(blob).then(() => undefined));

    const rows: readonly (readonly [string, string, object])[] = [
      [
        "a Docker image",
        DOCKER_MANIFEST,
        { schemaVersion: 2, mediaType: DOCKER_MANIFEST, config, layers: [layer] },
      ],
      [
        "a manifest with unknown members",
        MANIFEST,
        { schemaVersion: 2, future: { a: [1, null] }, config, layers: [] },
      ],
      [
        "an OCI artifact manifest of the release candidates",
        "application/vnd.oci.artifact.manifest.v1+json",
        {
          mediaType: "application/vnd.oci.artifact.manifest.v1+json",
          schemaVersion: 2,
          artifactType: "application/vnd.example",
          blobs: [layer],
        },
      ],
    ];
    for (const [name, mediaType, document] of rows) {
      it(name, async () => {
        const digest = await put(document, mediaType);
        await engine.up(copy(digest));
        const accept = [mediaType];
        const [theirCopy, ourCopy] = await Promise.all(
          [theirs, ours].map(({ repository }) => repository.manifests.fetch(digest, { accept })),
        );
        assert.deepEqual(ourCopy, theirCopy);
        assert.ok(await ours.repository.blobs.exists(blobDigest));
        await engine.destroy();
        assert.equal(await ours.repository.attributes.repository(), undefined);
      });
    }

    it("a Docker manifest list", async () => {
      const child = await put(
        { schemaVersion: 2, mediaType: DOCKER_MANIFEST, config, layers: [layer] },
        DOCKER_MANIFEST,
      );
      const found = await theirs.repository.manifests.resolve(child);
      const mediaType = "application/vnd.docker.distribution.manifest.list.v2+json";
      const platform = { architecture: "amd64", os: "linux" };
      const digest = await put(
        { schemaVersion: 2, mediaType, manifests: [{ ...found, platform }] },
        mediaType,
      );
      await engine.up(copy(digest));
      assert.ok(await ours.has(child));
      await engine.destroy();
      assert.equal(await ours.repository.attributes.repository(), undefined);
    });

    it("an image without its layer that may not be redistributed", async () => {
      const foreign = {
        mediaType: "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
        digest: memoryBlob(Buffer.from("elsewhere"), { mediaType: "a/b" }).descriptor.digest,
        size: 9,
        urls: ["https://example.com/layer"],
      };
      const digest = await put(
        { schemaVersion: 2, mediaType: DOCKER_MANIFEST, config, layers: [foreign, layer] },
        DOCKER_MANIFEST,
      );
      await engine.up(copy(digest));
      assert.ok(await ours.has(digest));
      assert.equal(await ours.repository.blobs.exists(foreign.digest), false);
    });
  });

  describe("from a hostile source", () => {
    it("fetches a child once if an index lists it many times", async function () {
      this.timeout(120_000);
      const { digest } = await image(10);
      const child = await theirs.repository.manifests.resolve(digest);
      const manifests = Array.from({ length: 10_000 }, () => child);
      const index = await put(
        { schemaVersion: 2, manifests },
        "application/vnd.oci.image.index.v1+json",
      );
      source.journal.clear();
      await engine.up(copy(index));
      assert.equal(requestsTo(source).filter((line) => line === "GET manifest").length, 2);
      assert.equal((engine.resource("copy").outputs["included"] as unknown[]).length, 1);
    });

    it("refuses an index that is nested too deeply", async () => {
      const mediaType = "application/vnd.oci.image.index.v1+json";
      let { digest } = await image(10);
      for (let depth = 0; depth < 20; depth += 1) {
        const child = await theirs.repository.manifests.resolve(digest);
        digest = await put({ schemaVersion: 2, manifests: [child] }, mediaType);
      }
      await assert.rejects(engine.up(copy(digest)), {
        message: /is nested deeper than 16 steps, which is not supported/,
      });
      assert.deepEqual(writesTo(target), []);
    });

    it("refuses a child whose size differs from the index", async () => {
      const { digest } = await image(10);
      const child = await theirs.repository.manifests.resolve(digest);
      const manifests = [{ ...child, size: 5 }];
      const index = await put(
        { schemaVersion: 2, manifests },
        "application/vnd.oci.image.index.v1+json",
      );
      await assert.rejects(engine.up(copy(index)), { message: /SIZE_MISMATCH\]$/ });
      assert.deepEqual(writesTo(target), []);
    });

    it("skips listed referrers that do not refer to the subject", async () => {
      const { digest } = await image(10);
      const unrelated = await theirs.publish("unrelated");
      const entry = await theirs.repository.manifests.resolve(unrelated);
      const absent = { ...entry, digest: `sha256:${"0".repeat(64)}` };
      const list = manifestFrom(
        { schemaVersion: 2, manifests: [entry, absent] },
        "application/vnd.oci.image.index.v1+json",
      );
      source.faults.add({
        path: new RegExp(`/referrers/${digest}`),
        times: Infinity,
        action: {
          type: "status",
          status: 200,
          headers: { "content-type": list.descriptor.mediaType },
          body: list.bytes,
        },
      });
      await engine.up(copy(digest));
      assert.ok(await ours.has(digest));
      assert.equal(await ours.has(unrelated), false);
    });
  });
});
