import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { after, before, describe, it } from "mocha";
import { hasCode } from "../../provider/errors.js";
import {
  AZURE_CLOUDS,
  DOCKER_MANIFEST,
  DOCKER_MANIFEST_LIST,
  downloadBlob,
  EMPTY_BYTES,
  fileBlob,
  manifestFrom,
  OCI_EMPTY,
  OCI_INDEX,
  OCI_MANIFEST,
  type Descriptor,
  type RegistryClient,
  type Repository,
} from "../../provider/registry/index.js";
import { clientOf, isHere, REGISTRIES, type RunningRegistry } from "../interop/registries.js";
import { seededBlob } from "../provider/registry/seededBlob.js";
import { emulatorForSuite } from "../support/emulatorForSuite.js";
import { TemporaryFolder } from "../support/temporaryFolder.js";

const MIB = 1024 * 1024;

/** Calls that only ACR supports, with the error from other registries. */
const acrOnly: Readonly<
  Record<string, (on: Repository, registry: RegistryClient) => Promise<unknown>>
> = {
  "properties of a repository": ({ attributes }) => attributes.repository(),
  "properties of a tag": ({ attributes }) => attributes.tag("v1"),
  "setting attributes": ({ attributes }) => attributes.updateTag("v1", { writeEnabled: true }),
  "manifests in order": ({ attributes }) =>
    first(attributes.listManifests({ orderBy: "timedesc" })),
  "tags in order": ({ attributes }) => first(attributes.listTags({ orderBy: "timeasc" })),
  "deleting a tag": ({ tags }) => tags.delete("absent"),
  "deleting a repository": ({ name }, registry) => registry.deleteRepository(`${name}/absent`),
};

for (const kind of REGISTRIES.filter(isHere)) {
  describe(`content on ${kind.name}`, function () {
    this.timeout(60_000);
    const folder = new TemporaryFolder();
    let running: RunningRegistry;
    let registry: RegistryClient;
    let content: Repository;
    before(async () => {
      running = await kind.start();
      registry = clientOf(running);
      content = registry.repository("client/content");
    });
    after(async () => {
      registry.close();
      await running.close();
      folder.remove();
    });

    for (const size of [0, 3, 5 * MIB, 9 * MIB + 1]) {
      it(`uploads a stream of ${size} bytes and fetches it by its digest alone`, async () => {
        const { content: bytes, descriptor } = seededBlob(size, { seed: 7 });
        const sent: number[] = [];
        const source = Readable.from(size === 0 ? [] : [bytes], { objectMode: false });
        const uploaded = await content.blobs.upload(source, {
          onProgress: (count) => sent.push(count),
        });
        assert.deepEqual(uploaded, descriptor);
        const received: number[] = [];
        const back = await content.blobs.fetch(uploaded.digest, {
          onProgress: (count) => received.push(count),
        });
        assert.ok((await buffer(back)).equals(bytes));
        for (const counts of [sent, received]) {
          assert.deepEqual(
            counts,
            [...counts].sort((a, b) => a - b),
          );
          if (size > 0) assert.equal(counts.at(-1), size);
        }
      });
    }

    it("uploads a file and downloads it again", async () => {
      const { content: bytes } = seededBlob(2 * MIB, { seed: 8 });
      const [source, target] = [join(folder.path, "source"), join(folder.path, "target")];
      writeFileSync(source, bytes);
      const blob = await fileBlob(source, { mediaType: "application/x-tar" });
      assert.equal(await content.blobs.push(blob), "uploaded");
      assert.equal(await content.blobs.push(blob), "existed");
      await downloadBlob(content.blobs, blob.descriptor.digest, target);
      assert.ok(readFileSync(target).equals(bytes));
      assert.deepEqual(readdirSync(folder.path).sort(), ["source", "target"]);
    });

    it("pushes blobs in parallel", async () => {
      const blobs = Array.from({ length: 40 }, (_, index) =>
        seededBlob(70_000 + index, { seed: 9 }),
      );
      const outcomes = await Promise.all(blobs.map((blob) => content.blobs.push(blob)));
      assert.deepEqual(new Set(outcomes), new Set(["uploaded"]));
      assert.equal(await content.blobs.push(blobs[0] ?? seededBlob(1)), "existed");
    });

    it("pushes manifests of every kind, as an object and as bytes, by tag and digest", async () => {
      const config = await content.blobs.upload(EMPTY_BYTES, { mediaType: OCI_EMPTY });
      const image = manifestFrom({ schemaVersion: 2, config, layers: [] });
      const docker = manifestFrom({
        schemaVersion: 2,
        mediaType: DOCKER_MANIFEST,
        config: dockerConfig(config),
        layers: [],
      });
      const spaced = Buffer.from(
        JSON.stringify({ schemaVersion: 2, config, layers: [] }, undefined, 3),
      );
      for (const [manifest, mediaType] of [
        [image, OCI_MANIFEST],
        [docker, DOCKER_MANIFEST],
        [manifestFrom(spaced, OCI_MANIFEST), OCI_MANIFEST],
        [
          manifestFrom({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [image.descriptor] }),
          OCI_INDEX,
        ],
        [
          manifestFrom({
            schemaVersion: 2,
            mediaType: DOCKER_MANIFEST_LIST,
            manifests: [{ ...docker.descriptor, platform: { architecture: "amd64", os: "linux" } }],
          }),
          DOCKER_MANIFEST_LIST,
        ],
      ] as const) {
        await content.manifests.push(manifest);
        await content.manifests.push(manifest, { tag: "v1" });
        for (const reference of ["v1", manifest.descriptor.digest]) {
          const fetched = await content.manifests.fetch(reference);
          assert.equal(fetched?.descriptor.mediaType, mediaType);
          assert.ok(Buffer.from(fetched.bytes).equals(Buffer.from(manifest.bytes)));
        }
      }
    });

    for (const [name, ask] of Object.entries(acrOnly)) {
      it(`${name}: ACR's own`, async () => {
        if (kind.needs.length === 0) {
          await ask(content, registry);
          return;
        }
        await assert.rejects(ask(content, registry), (error) => hasCode(error, "UNSUPPORTED"));
      });
    }
  });
}

describe("invalid files and manifests", () => {
  const subject = emulatorForSuite();

  it("a missing file, or one that changed since it was hashed, is refused", async () => {
    const folder = new TemporaryFolder();
    const file = join(folder.path, "file");
    await assert.rejects(fileBlob(file), (error) => hasCode(error, "SOURCE_NOT_FOUND"));
    await assert.rejects(fileBlob(folder.path), (error) => hasCode(error, "SOURCE_UNREADABLE"));
    writeFileSync(file, "one");
    const blob = await fileBlob(file);
    writeFileSync(file, "two");
    const { blobs } = subject.client().repository("a");
    await assert.rejects(blobs.push(blob), (error) => hasCode(error, "DIGEST_MISMATCH"));
    assert.equal(await blobs.exists(blob.descriptor.digest), false);
    folder.remove();
  });

  it("a download with a wrong digest leaves no partial file and keeps the old one", async () => {
    const folder = new TemporaryFolder();
    const { blobs } = subject.client().repository("a");
    const { digest } = await blobs.upload(Buffer.from("right"));
    subject.emulator.faults.add({
      server: "storage",
      times: Infinity,
      action: { type: "corrupt" },
    });
    const target = join(folder.path, "file");
    writeFileSync(target, "old");
    await assert.rejects(downloadBlob(blobs, digest, target), (error) =>
      hasCode(error, "DIGEST_MISMATCH"),
    );
    assert.deepEqual(readdirSync(folder.path), ["file"]);
    assert.equal(readFileSync(target, "utf8"), "old");
    folder.remove();
  });

  for (const [content, mediaType, reason] of [
    [Buffer.from("not JSON"), undefined, /is not JSON: give its media type/],
    [{ schemaVersion: 2 }, "nothing", /is not a media type/],
    [Readable.from([]), OCI_MANIFEST, /read a stream first/],
    [new ReadableStream(), OCI_MANIFEST, /read a stream first/],
    [new ArrayBuffer(2), OCI_MANIFEST, /an object, or its bytes/],
    [new Uint16Array(2), OCI_MANIFEST, /an object, or its bytes/],
    [[], OCI_MANIFEST, /an object, or its bytes/],
  ] as const) {
    it(`a manifest is refused: ${String(reason)}`, () => {
      assert.throws(() => manifestFrom(content, mediaType), reason);
    });
  }

  it("clouds have https authorities and audiences", () => {
    for (const { authorityHost, audience } of Object.values(AZURE_CLOUDS)) {
      assert.ok([authorityHost, audience].every((url) => new URL(url).origin === url));
    }
  });
});

function dockerConfig(config: Descriptor): Descriptor {
  return { ...config, mediaType: "application/vnd.docker.container.image.v1+json" };
}

async function first(items: AsyncIterable<unknown>): Promise<void> {
  for await (const item of items) {
    assert.ok(item);
    return;
  }
}
