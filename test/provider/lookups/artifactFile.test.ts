import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { describe, it } from "mocha";
import { pack } from "tar-stream";
import { hasCode } from "../../../provider/errors.js";
import { findArtifactFile } from "../../../provider/lookups/artifactFile.js";
import {
  digestOf,
  EMPTY_BYTES,
  EMPTY_DESCRIPTOR,
  encodeManifest,
  memoryBlob,
  OCI_LAYER_TAR_GZIP,
  OCI_MANIFEST,
} from "../../../provider/registry/index.js";
import { encodeHeader } from "../../../provider/tar/tarHeader.js";
import { collect } from "../tar/archives.js";
import { eachWithLookups, type LookupScene } from "./lookedUp.js";

const REPOSITORY = "charts/web";
const TITLE = "org.opencontainers.image.title";
const UNPACK = "io.deis.oras.content.unpack";

interface Layer {
  readonly bytes: Uint8Array;
  readonly title?: string;
  readonly mediaType?: string;
  readonly unpack?: boolean;
}

async function tar(files: Readonly<Record<string, string | Buffer>>): Promise<Buffer> {
  const packer = pack();
  for (const [name, content] of Object.entries(files)) packer.entry({ name }, content);
  packer.finalize();
  return collect(packer as AsyncIterable<Uint8Array>);
}

describe("findArtifactFile", () => {
  let scene: LookupScene;
  eachWithLookups((fresh) => (scene = fresh));

  async function publish(...layers: readonly Layer[]): Promise<string> {
    const { blobs, manifests } = scene.somebody.repository;
    const descriptors = [];
    await blobs.push(memoryBlob(EMPTY_BYTES, EMPTY_DESCRIPTOR));
    for (const { bytes, title, mediaType = OCI_LAYER_TAR_GZIP, unpack } of layers) {
      const annotations = {
        ...(title === undefined ? {} : { [TITLE]: title }),
        ...(unpack === true ? { [UNPACK]: "true" } : {}),
      };
      const blob = memoryBlob(bytes, { mediaType, annotations });
      await blobs.push(blob);
      descriptors.push(blob.descriptor);
    }
    const manifest = encodeManifest({
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      artifactType: "application/vnd.example",
      config: EMPTY_DESCRIPTOR,
      layers: descriptors,
    });
    await manifests.push(manifest, { tag: "1" });
    scene.requests();
    return manifest.descriptor.digest;
  }

  const find = (title: string, more: object = {}): ReturnType<typeof findArtifactFile> =>
    findArtifactFile({ repository: REPOSITORY, tag: "1", title, ...more }, scene.context);

  it("reads a layer by its title, in two requests and one of the storage", async () => {
    const bytes = Buffer.from("# Größe\n");
    const digest = await publish({ bytes, title: "CHANGES.md", mediaType: "text/markdown" });
    const { loginServer } = scene.emulator;
    assert.deepEqual(await find("CHANGES.md"), {
      content: "# Größe\n",
      digest: digestOf(bytes),
      size: bytes.length,
      title: "CHANGES.md",
      layer: {
        title: "CHANGES.md",
        mediaType: "text/markdown",
        digest: digestOf(bytes),
        size: bytes.length,
        annotations: { [TITLE]: "CHANGES.md" },
      },
      reference: `${loginServer}/${REPOSITORY}@${digest}`,
    });
    assert.deepEqual(scene.requests(), [
      `GET /v2/${REPOSITORY}/manifests/1`,
      `GET /v2/${REPOSITORY}/blobs/${digestOf(bytes)}`,
      "GET storage",
    ]);
  });

  it("reads a file in a folder's layer, compressed or not", async () => {
    const files = { "policies/data.json": "{}", "policies/deep/a": "A" };
    const plain = await tar(files);
    await publish(
      { bytes: gzipSync(plain), title: "policies", unpack: true },
      { bytes: await tar({ "plain.tar/data.json": "[]" }), title: "plain.tar" },
    );
    assert.equal((await find("policies/data.json")).content, "{}");
    assert.equal((await find("policies/deep/a")).content, "A");
    assert.equal((await find("policies/data.json")).layer.title, "policies");
    assert.equal((await find("plain.tar/data.json")).content, "[]");
  });

  it("reads a file of a chart, whose archive has no title", async () => {
    const bytes = gzipSync(await tar({ "web/Chart.yaml": "name: web\n", "./web/values.yaml": "" }));
    await publish(
      { bytes, mediaType: "application/vnd.cncf.helm.chart.content.v1.tar+gzip" },
      { bytes: Buffer.from("p"), mediaType: "application/vnd.cncf.helm.chart.provenance.v1.prov" },
    );
    assert.equal((await find("web/Chart.yaml")).content, "name: web\n");
    assert.equal((await find("web/values.yaml")).content, "");
  });

  it("takes the later of two entries with the same name, as unpacking does", async () => {
    const one = await tar({ "d/a": "first" });
    const both = Buffer.concat([one.subarray(0, 1024), await tar({ "d/a": "second" })]);
    await publish({ bytes: gzipSync(both), title: "d", unpack: true });
    assert.equal((await find("d/a")).content, "second");
  });

  it("returns any bytes as base64, and only UTF-8 as text", async () => {
    await publish({ bytes: Buffer.from([0xff, 0]), title: "bytes" });
    assert.equal((await find("bytes", { encoding: "base64" })).content, "/wA=");
    await assert.rejects(find("bytes"), { code: "INPUT_INVALID", property: "encoding" });
  });

  it("does not read a file larger than maxSize", async () => {
    const packed = gzipSync(await tar({ "d/a": Buffer.alloc(101, "a") }));
    await publish(
      { bytes: Buffer.alloc(101, "b"), title: "b" },
      { bytes: packed, title: "d", unpack: true },
    );
    for (const title of ["b", "d/a"]) {
      await assert.rejects(find(title, { maxSize: 100 }), {
        code: "INPUT_INVALID",
        property: "maxSize",
        message: new RegExp(`"${title}" has 101 bytes, more than maxSize, 100`),
      });
    }
    assert.equal((await find("b", { maxSize: 101 })).size, 101);
    assert.equal((await find("d/a", { maxSize: 101 })).size, 101);
  });

  for (const maxSize of [0, -1, 1.5, NaN, 64 * 1024 ** 2 + 1, Infinity, "1"]) {
    it(`refuses maxSize ${maxSize} (${typeof maxSize}) before any request`, async () => {
      scene.requests();
      await assert.rejects(find("a", { maxSize }), {
        code: "INPUT_INVALID",
        property: "maxSize",
        message: /expected a number of bytes, from 1 to 67108864 \(64 MiB\)/,
      });
      assert.deepEqual(scene.requests(), []);
    });
  }

  it("accepts 64 MiB as maxSize", async () => {
    await publish({ bytes: Buffer.from("a"), title: "a" });
    assert.equal((await find("a", { maxSize: 64 * 1024 ** 2 })).size, 1);
  });

  it("lists the existing titles if the file is missing", async () => {
    const packed = gzipSync(await tar({ "d/a": "a" }));
    await publish(
      { bytes: Buffer.from("b"), title: "b.txt" },
      { bytes: packed, title: "d", unpack: true },
    );
    const name = `${scene.emulator.loginServer}/${REPOSITORY}:1`;
    for (const title of ["c", "d/none"]) {
      await assert.rejects(find(title), {
        code: "NOT_FOUND",
        message: `${name} has no file "${title}": the titles of its layers are "b.txt", "d"`,
      });
    }
    await assert.rejects(find("d"), { code: "INPUT_INVALID", message: /is a folder/ });
  });

  it("refuses an index, and names its manifests", async () => {
    const digest = await publish({ bytes: Buffer.from("b"), title: "b" });
    await scene.somebody.publishIndex(digest, "1");
    await assert.rejects(find("b"), { code: "INPUT_INVALID", message: new RegExp(digest) });
  });

  it("returns nothing with a wrong digest, wherever the wrong byte is", async () => {
    const bytes = gzipSync(await tar({ "d/a": "a", "d/z": Buffer.alloc(5000, "z") }));
    await publish(
      { bytes, title: "d", unpack: true },
      { bytes: Buffer.from("file"), title: "file" },
    );
    for (const title of ["d/a", "file"]) {
      scene.emulator.faults.add({
        server: "storage",
        times: Infinity,
        action: { type: "corrupt" },
      });
      await assert.rejects(find(title), (error) => hasCode(error, "DIGEST_MISMATCH", "PROTOCOL"));
      scene.emulator.faults.clear();
    }
  });

  it("reads the bytes after the archive before it returns", async () => {
    const plain = Buffer.concat([await tar({ "d/a": "a" }), Buffer.alloc(3 << 20)]);
    await publish({ bytes: plain, title: "d", unpack: true });
    assert.equal((await find("d/a")).content, "a");
    // The registry serves content of the right length with other bytes at its end.
    const other = Buffer.from(plain);
    other[other.length - 1] = 1;
    const action = { type: "status", status: 200, body: other } as const;
    scene.emulator.faults.add({ server: "storage", times: Infinity, action });
    await assert.rejects(find("d/a"), (error) => hasCode(error, "DIGEST_MISMATCH", "PROTOCOL"));
  });

  const hostile: readonly [name: string, make: () => Uint8Array | Promise<Uint8Array>][] = [
    ["no archive", () => Buffer.from("hello")],
    ["a damaged gzip", async () => gzipSync(await tar({ "d/a": "a" })).fill(0, 30, 40)],
    ["a gzip that is cut", async () => gzipSync(await tar({ "d/a": "a" })).subarray(0, -12)],
    ["an archive that is cut", async () => gzipSync((await tar({ "d/a": "a" })).subarray(0, 600))],
    ["a header that claims a terabyte", () => encodeHeader({ ...ENTRY, size: 1024 ** 4 })],
    ["zstd", () => Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0, 0])],
  ];
  for (const [name, make] of hostile) {
    it(`fails for ${name}, and names the layer`, async () => {
      const bytes = await make();
      await publish({ bytes, title: "d", unpack: true });
      await assert.rejects(find("d/x"), (error: Error) => {
        assert.match(error.message, new RegExp(`^read "d/x" in the layer .*@${digestOf(bytes)}: `));
        return hasCode(error, "PROTOCOL", "UNSUPPORTED");
      });
    });
  }
});

const ENTRY = { type: "file", name: "d/a", size: 0, mode: 0o644 } as const;
