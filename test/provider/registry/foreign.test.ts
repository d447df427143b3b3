import assert from "node:assert/strict";
import { buffer } from "node:stream/consumers";
import { after, before, describe, it } from "mocha";
import { hasCode } from "../../../provider/errors.js";
import { parseRepositoryName } from "../../../provider/oci/reference.js";
import {
  EMPTY_BYTES,
  EMPTY_DESCRIPTOR,
  encodeManifest,
  memoryBlob,
  missingBlobs,
  OCI_EMPTY,
  OCI_MANIFEST,
  parseTag,
  RegistryClient,
} from "../../../provider/registry/index.js";
import { foreignTool } from "../../../tools/installed.js";
import { DockerRegistry } from "../../support/dockerRegistry.js";
import { seededBlob } from "./seededBlob.js";

const MIB = 1024 * 1024;
const V1 = parseTag("v1");
const { path } = foreignTool("docker-registry");

// If the registry is absent, `npm test` reports that and tells how to get it.
if (path !== undefined) describe("docker-registry", testWithDockerRegistry);

function testWithDockerRegistry(this: Mocha.Suite): void {
  this.timeout(30_000);
  let registry: DockerRegistry | undefined;
  const clients: RegistryClient[] = [];
  const connect = (chunkSize?: number): RegistryClient => {
    const client = new RegistryClient(registry?.url ?? "", {
      credential: { kind: "anonymous" },
      chunkSize,
    });
    clients.push(client);
    return client;
  };
  const repository = (name: string) => connect().repository(name);
  before(async () => {
    registry = await DockerRegistry.start();
  });
  after(async () => {
    for (const client of clients) client.close();
    await registry?.close();
  });

  for (const [size, chunkSize] of [
    [0, undefined],
    [1_000, undefined],
    [MIB, undefined],
    [20 * MIB, undefined],
    [20 * MIB, 6 * MIB],
  ] as const) {
    it(`stores and returns ${size} bytes in chunks of ${chunkSize ?? "any size"}`, async () => {
      const { blobs } = connect(chunkSize).repository(`a/b${size}-${chunkSize ?? 0}`);
      const blob = seededBlob(size, { piece: MIB });
      assert.equal(await blobs.push(blob), "uploaded");
      assert.equal(await blobs.push(blob, { askFirst: true }), "existed");
      assert.deepEqual(await buffer(await blobs.fetch(blob.descriptor)), blob.content);
    });
  }

  it("keeps an artifact: push, resolve, fetch, list, mount, delete", async () => {
    const { blobs, manifests, tags, referrers } = repository("a/artifact");
    const layer = seededBlob(10);
    await blobs.push(memoryBlob(EMPTY_BYTES, { mediaType: OCI_EMPTY }));
    await blobs.push(layer);
    const manifest = encodeManifest({
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      artifactType: "application/x",
      config: EMPTY_DESCRIPTOR,
      layers: [layer.descriptor],
    });
    const { digest } = manifest.descriptor;
    assert.equal(await manifests.resolve(V1), undefined);
    await manifests.push(manifest);
    await manifests.push(manifest, { tag: V1 });
    assert.deepEqual(await manifests.resolve(V1), manifest.descriptor);
    assert.deepEqual(
      Buffer.from((await manifests.fetch(digest))?.bytes ?? []),
      Buffer.from(manifest.bytes),
    );
    for await (const tag of tags.list()) assert.equal(tag, "v1");
    for await (const referrer of referrers.list(digest)) assert.fail(referrer.digest);
    const source = parseRepositoryName("a/artifact");
    assert.equal(await repository("a/other").blobs.mount(layer.descriptor.digest, source), true);
    assert.equal(
      await repository("a/other").blobs.mount(seededBlob(11).descriptor.digest, source),
      false,
    );
    assert.equal(await manifests.delete(digest), true);
    assert.equal(await manifests.delete(digest), false);
    assert.equal(await manifests.resolve(V1), undefined);
  });

  it("names the blobs that a manifest lacks", async () => {
    const missing = seededBlob(12).descriptor;
    const manifest = encodeManifest({
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      config: missing,
      layers: [],
    });
    await assert.rejects(repository("a/lacks").manifests.push(manifest), (error) => {
      assert.deepEqual(missingBlobs(error), [missing.digest]);
      return true;
    });
  });

  it("is recognised as not being an ACR, and its catalog is read nevertheless", async () => {
    const { attributes, tags } = repository("a/artifact");
    await assert.rejects(attributes.tag(V1), (error) => hasCode(error, "UNSUPPORTED"));
    await assert.rejects(tags.delete(V1), (error) => hasCode(error, "UNSUPPORTED"));
    const names: string[] = [];
    for await (const name of connect().repositories({ pageSize: 1 })) names.push(name);
    assert.ok(names.includes("a/other"));
  });
}
