import assert from "node:assert/strict";
import { buffer } from "node:stream/consumers";
import { after, before, describe } from "mocha";
import { hasCode } from "../../provider/errors.js";
import {
  EMPTY_BYTES,
  EMPTY_DESCRIPTOR,
  encodeManifest,
  type EncodedManifest,
  memoryBlob,
  OCI_MANIFEST,
  parseTag,
  type RegistryClient,
  type Repository,
} from "../../provider/registry/index.js";
import { ForeignClients, itWith } from "../support/foreignClients.js";
import { seededBlob } from "../provider/registry/seededBlob.js";
import {
  clientOf,
  isHere,
  REGISTRIES,
  type RegistryKind,
  type RunningRegistry,
} from "./registries.js";

const MIB = 1024 * 1024;
const V1 = parseTag("v1");

/** All differences between docker-registry 2.8.2 and ACR for a client, and our requests then. */
interface Differences {
  /** A small blob: ACR takes it with the POST; docker-registry answers 202 and wants it by PUT. */
  readonly smallBlob: readonly string[];
  /** A large one: ACR refuses bodies of 20 MB, so it gets 16 MiB at a time. */
  readonly largeBlob: readonly string[];
  /** Whether a tag can be deleted without its manifest. */
  readonly deletesTags: boolean;
  /** Whether it keeps the referrers itself; otherwise clients do, under a tag. */
  readonly indexesSubjects: boolean;
}

const ACR: Differences = {
  smallBlob: ["POST"],
  largeBlob: ["HEAD", "POST", "PATCH", "PATCH", "PATCH", "PUT"],
  deletesTags: true,
  indexesSubjects: true,
};

const DISTRIBUTION: Differences = {
  smallBlob: ["POST", "PUT"],
  largeBlob: ["HEAD", "POST", "PUT"],
  deletesTags: false,
  indexesSubjects: false,
};

for (const kind of REGISTRIES) {
  describe(`the client on ${kind.name}`, function () {
    this.timeout(60_000);
    testClient(kind, kind.needs.includes("docker-registry") ? DISTRIBUTION : ACR);
  });
}

function testClient(kind: RegistryKind, differences: Differences): void {
  const clients = new ForeignClients();
  let registry: RunningRegistry;
  let client: RegistryClient;

  before(async () => {
    if (!isHere(kind)) return;
    registry = await kind.start();
    clients.signIn(registry);
    client = clientOf(registry);
    // The first request finds out what kind of registry it is and how to sign in.
    await client.repository("warm/up").manifests.resolve(V1);
  });
  after(async () => {
    clients.remove();
    if (!isHere(kind)) return;
    client.close();
    await registry.close();
  });

  const test = (title: string, body: () => Promise<void>): void => itWith(kind.needs, title, body);

  /** Methods of the requests to one repository since the last call. */
  function methods(repository: Repository): string[] {
    const own = registry.takeRequests().filter((line) => line.includes(`/v2/${repository.name}/`));
    return own.map((line) => line.split(" ", 1)[0] ?? "");
  }

  test("sends a small blob in as few requests as possible", async () => {
    const repository = client.repository("suite/small");
    registry.takeRequests();
    await repository.blobs.push(seededBlob(11));
    assert.deepEqual(methods(repository), differences.smallBlob);
    await repository.blobs.push(seededBlob(12));
    // Once it has answered 202, the session is opened without the bytes.
    assert.deepEqual(methods(repository), differences.smallBlob);
  });

  test("sends 40 MiB, finds the blob and reads it back", async () => {
    const repository = client.repository("suite/large");
    const blob = seededBlob(40 * MIB, { piece: MIB });
    registry.takeRequests();
    assert.equal(await repository.blobs.push(blob), "uploaded");
    assert.deepEqual(methods(repository), differences.largeBlob);
    assert.equal(await repository.blobs.push(blob), "existed");
    assert.deepEqual(methods(repository), ["HEAD"]);
    const back = await buffer(await repository.blobs.fetch(blob.descriptor));
    assert.ok(back.equals(blob.content));
  });

  test("sends 40 MiB in chunks of a given size", async () => {
    using chunking = clientOf(registry, { chunkSize: 15 * MIB });
    const repository = chunking.repository("suite/chunks");
    registry.takeRequests();
    await repository.blobs.push(seededBlob(40 * MIB, { piece: MIB }));
    assert.deepEqual(methods(repository), ["HEAD", "POST", "PATCH", "PATCH", "PATCH", "PUT"]);
    assert.ok(
      await repository.blobs.exists(seededBlob(40 * MIB, { piece: MIB }).descriptor.digest),
    );
  });

  test("deletes a blob, which is then absent", async () => {
    const { blobs } = client.repository("suite/blob");
    const blob = seededBlob(100);
    await blobs.push(blob);
    assert.equal(await blobs.delete(blob.descriptor.digest), true);
    assert.equal(await blobs.exists(blob.descriptor.digest), false);
    assert.equal(await blobs.delete(blob.descriptor.digest), false);
    await assert.rejects(blobs.fetch(blob.descriptor), (error) => hasCode(error, "NOT_FOUND"));
  });

  test("pushes, resolves, fetches, lists and deletes a manifest", async () => {
    const { manifests, tags } = client.repository("suite/manifest");
    const manifest = await published(client.repository("suite/manifest"), "one");
    await manifests.push(manifest, { tag: V1 });
    await manifests.push(manifest, { tag: parseTag("v1.0") });
    assert.deepEqual(await manifests.resolve(V1), manifest.descriptor);
    const fetched = await manifests.fetch(manifest.descriptor.digest);
    assert.ok(Buffer.from(manifest.bytes).equals(fetched?.bytes ?? Buffer.alloc(0)));
    assert.deepEqual(await listed(tags.list({ pageSize: 1 })), ["v1", "v1.0"]);
    assert.equal(await manifests.delete(manifest.descriptor.digest), true);
    assert.equal(await manifests.resolve(V1), undefined);
    assert.deepEqual(await listed(tags.list()), []);
  });

  test("deletes a tag alone if the registry supports that", async () => {
    const repository = client.repository("suite/tag");
    const manifest = await published(repository, "tagged");
    await repository.manifests.push(manifest, { tag: V1 });
    const deleted = repository.tags.delete(V1);
    if (differences.deletesTags) assert.equal(await deleted, true);
    else await assert.rejects(deleted, (error) => hasCode(error, "UNSUPPORTED"));
    const left = await repository.manifests.resolve(V1);
    assert.equal(left === undefined, differences.deletesTags);
  });

  test("continues a list where an earlier one stopped", async () => {
    const repository = client.repository("suite/pages");
    const manifest = await published(repository, "pages");
    const tags = ["a", "b", "c", "d", "e"];
    for (const tag of tags) await repository.manifests.push(manifest, { tag });
    const whole = await listed(repository.tags.list());
    assert.deepEqual([...whole].sort(), tags);
    for (const [at, after] of whole.entries()) {
      const rest = await listed(repository.tags.list({ pageSize: 2, after }));
      assert.deepEqual(rest, whole.slice(at + 1));
    }
  });

  test("lists no referrers of a manifest without any", async () => {
    const repository = client.repository("suite/alone");
    const { digest } = (await published(repository, "alone")).descriptor;
    assert.deepEqual(await listed(repository.referrers.list(digest)), []);
  });

  itWith([...kind.needs, "oras"], "lists what oras attached", async () => {
    const repository = client.repository("suite/subject");
    const subject = await published(repository, "subject");
    await repository.manifests.push(subject, { tag: V1 });
    const target = `${registry.loginServer}/suite/subject:v1`;
    const attach = ["attach", "--plain-http", "--no-tty", target];
    const types = ["application/vnd.example.sbom", "application/vnd.example.signature"];
    for (const type of types) {
      const annotation = `--annotation=org.example.type=${type}`;
      await clients.run("oras", [...attach, `--artifact-type=${type}`, annotation]);
    }
    const { digest } = subject.descriptor;
    const all = await listed(repository.referrers.list(digest));
    assert.deepEqual(all.map(({ artifactType }) => artifactType).sort(), types);
    const one = await listed(repository.referrers.list(digest, { artifactType: types[0] }));
    assert.deepEqual(
      one.map(({ artifactType }) => artifactType),
      types.slice(0, 1),
    );
    const schema = (await listed(repository.tags.list())).filter((tag) =>
      tag.startsWith("sha256-"),
    );
    assert.equal(schema.length, differences.indexesSubjects ? 0 : 1);
  });
}

/** Publishes an artifact without a tag. */
async function published(repository: Repository, text: string): Promise<EncodedManifest> {
  const layer = memoryBlob(Buffer.from(text), { mediaType: "text/plain" });
  await repository.blobs.push(memoryBlob(EMPTY_BYTES, EMPTY_DESCRIPTOR));
  await repository.blobs.push(layer);
  const manifest = encodeManifest({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    artifactType: "application/vnd.example",
    config: EMPTY_DESCRIPTOR,
    layers: [layer.descriptor],
  });
  await repository.manifests.push(manifest);
  return manifest;
}

async function listed<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
