import assert from "node:assert/strict";
import { buffer } from "node:stream/consumers";
import { describe, it } from "mocha";
import {
  EMPTY_BYTES,
  EMPTY_DESCRIPTOR,
  encodeManifest,
  memoryBlob,
  OCI_EMPTY,
  OCI_MANIFEST,
  parseTag,
  type Repository,
} from "../../../provider/registry/index.js";
import { parseRepositoryName } from "../../../provider/oci/reference.js";
import { seededBlob } from "./seededBlob.js";
import { emulatorForSuite } from "../../support/emulatorForSuite.js";

const KIB = 1024;
const MIB = 1024 * KIB;
const V1 = parseTag("v1");

let count = 0;
const freshName = (): string => `budget/r${(count += 1)}`;

async function publish(repository: Repository, seed = 1) {
  const layer = seededBlob(100, { seed });
  await repository.blobs.push(memoryBlob(EMPTY_BYTES, { mediaType: OCI_EMPTY }));
  await repository.blobs.push(layer);
  const manifest = encodeManifest({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    artifactType: "application/x",
    config: EMPTY_DESCRIPTOR,
    layers: [layer.descriptor],
  });
  await repository.manifests.push(manifest, { tag: V1 });
  return { layer, manifest };
}

describe("requests to an ACR", () => {
  const subject = emulatorForSuite();

  const blobs: readonly [size: number, methods: string][] = [
    [0, "POST"],
    [64 * KIB, "POST"],
    [64 * KIB + 1, "HEAD POST"],
    [4 * MIB, "HEAD POST"],
    [4 * MIB + 1, "HEAD POST PUT"],
    [16 * MIB + 1, "HEAD POST PATCH PATCH PUT"],
  ];
  for (const [size, methods] of blobs) {
    it(`a new blob of ${size} bytes takes ${methods}, an existing one HEAD`, async () => {
      const repository = subject.client().repository(freshName());
      const blob = seededBlob(size, { piece: MIB });
      assert.equal(await repository.blobs.push(blob), "uploaded");
      assert.equal(subject.methods, methods);
      assert.equal(subject.tokenRequests, 1);
      assert.equal(await repository.blobs.push(blob, { askFirst: true }), "existed");
      assert.equal(subject.methods, `${methods} HEAD`);
      assert.equal(blob.opened, 1);
      assert.deepEqual(await buffer(await repository.blobs.fetch(blob.descriptor)), blob.content);
    });
  }

  it("a new artifact takes one request per look, tiny blob, manifest, tag and read-back", async () => {
    const name = freshName();
    const repository = subject.client().repository(name, { actions: ["pull", "push"] });
    assert.equal(await repository.manifests.resolve(V1), undefined);
    const { manifest } = await publish(repository);
    assert.equal((await repository.manifests.resolve(V1))?.digest, manifest.descriptor.digest);
    assert.equal(subject.methods, "HEAD POST POST PUT HEAD");
    assert.equal(subject.tokenRequests, 1);
  });

  it("reading a manifest's properties, tags included, takes one", async () => {
    const client = subject.client();
    const repository = client.repository(freshName());
    const { manifest } = await publish(repository);
    subject.emulator.journal.clear();
    const read = await repository.attributes.manifest(manifest.descriptor.digest);
    assert.deepEqual(read?.tags, ["v1"]);
    assert.equal(subject.methods, "GET");
  });

  it("fetching a blob takes one to the registry and one to storage, without credentials", async () => {
    const repository = subject.client().repository(freshName());
    const { layer } = await publish(repository);
    subject.emulator.journal.clear();
    assert.deepEqual(await buffer(await repository.blobs.fetch(layer.descriptor)), layer.content);
    assert.equal(subject.methods, "GET storage");
    assert.equal(subject.emulator.journal.entries.at(-1)?.authorization, "none");
  });

  it("mounting takes one, and leaves no session if it is not possible", async () => {
    const from = freshName();
    const client = subject.client();
    const { layer } = await publish(client.repository(from));
    const repository = client.repository(freshName());
    subject.emulator.journal.clear();
    const source = parseRepositoryName(from);
    assert.equal(await repository.blobs.mount(layer.descriptor.digest, source), true);
    assert.equal(subject.methods, "POST");
    assert.equal(await repository.blobs.mount(seededBlob(7).descriptor.digest, source), false);
    assert.equal(subject.methods, "POST POST DELETE");
    assert.equal(subject.emulator.openUploads(), 0);
  });

  it("setting, reading, listing and deleting take one each", async () => {
    const name = freshName();
    const client = subject.client();
    const repository = client.repository(name);
    const { manifest } = await publish(repository);
    const { digest } = manifest.descriptor;
    subject.emulator.journal.clear();
    const { attributes } = repository;
    const locked = await attributes.updateTag(V1, { writeEnabled: false });
    assert.deepEqual(locked, (await attributes.tag(V1))?.attributes);
    assert.equal(locked.writeEnabled, false);
    await attributes.updateTag(V1, { writeEnabled: true });
    await attributes.updateManifest(digest, { deleteEnabled: true });
    await attributes.updateRepository({ listEnabled: true });
    assert.equal((await attributes.repository())?.tagCount, 1);
    assert.equal(subject.methods, "PATCH GET PATCH PATCH PATCH GET");
    assert.equal(await repository.tags.delete(V1), true);
    assert.equal(await repository.tags.delete(V1), false);
    assert.equal(await repository.manifests.delete(digest), true);
    assert.equal(await repository.manifests.delete(digest), false);
    assert.equal(await attributes.repository(), undefined);
    assert.equal(await client.deleteRepository(name), undefined);
    assert.equal(
      subject.methods,
      "PATCH GET PATCH PATCH PATCH GET DELETE DELETE DELETE DELETE GET DELETE",
    );
  });
});

describe("listings of an ACR", () => {
  const subject = emulatorForSuite({ pageSize: 2 });

  it("follow its links, which encode the repository and leave out the version", async () => {
    const client = subject.client();
    const name = freshName();
    const repository = client.repository(name);
    const digests: string[] = [];
    for (let seed = 1; seed <= 5; seed += 1) {
      const { manifest } = await publish(repository, seed);
      await repository.manifests.push(manifest, { tag: parseTag(`t${seed}`) });
      digests.push(manifest.descriptor.digest);
    }
    const tags = ["t1", "t2", "t3", "t4", "t5", "v1"];
    const collect = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
      const list: T[] = [];
      for await (const item of items) list.push(item);
      return list;
    };
    subject.emulator.journal.clear();
    assert.deepEqual((await collect(repository.tags.list({ pageSize: 4 }))).sort(), tags);
    assert.equal(subject.methods, "GET GET");
    const properties = await collect(repository.attributes.listTags());
    assert.deepEqual(
      properties.map((tag) => tag.name),
      tags,
    );
    assert.equal(subject.methods, "GET GET GET GET GET");
    const manifests = await collect(repository.attributes.listManifests({ orderBy: "timedesc" }));
    assert.deepEqual(manifests.map(({ digest }) => digest).sort(), digests.sort());
    const [last] = manifests;
    const listed = await collect(repository.attributes.listTags({ digest: last?.digest as never }));
    assert.deepEqual(
      listed.map((tag) => tag.name),
      last?.tags,
    );
    for (const extra of ["budget/x1", "budget/x2"]) await publish(client.repository(extra));
    const names = await collect(client.repositories({ pageSize: 1 }));
    assert.deepEqual(names, [...names].sort());
    assert.ok(["budget/x1", "budget/x2", name].every((expected) => names.includes(expected)));
    assert.deepEqual(await collect(client.repository("absent").tags.list()), []);
    assert.deepEqual(await collect(client.repository("absent").attributes.listTags()), []);
  });
});
