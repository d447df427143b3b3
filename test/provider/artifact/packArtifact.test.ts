import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { packArtifact, type ArtifactInput } from "../../../provider/artifact/packArtifact.js";
import type { LayerInput } from "../../../provider/artifact/packLayer.js";
import { isAcrError } from "../../../provider/errors.js";
import type { Descriptor } from "../../../provider/oci/descriptor.js";
import { digestOf } from "../../../provider/oci/digest.js";
import { collect, sha256 } from "../tar/archives.js";
import { folderOf } from "../tar/folders.js";

const TYPE = "application/vnd.example+type";
const DEFAULT_TYPE = "application/vnd.unknown.artifact.v1";
const CREATED = { "org.opencontainers.image.created": "2000-01-01T00:00:00Z" };
const EMPTY = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
const TITLE = "org.opencontainers.image.title";

interface ManifestJson {
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly subject?: Descriptor;
}

async function manifestOf(input: ArtifactInput, baseDirectory: string): Promise<ManifestJson> {
  const { manifest } = await packArtifact({ artifactType: TYPE, ...input }, { baseDirectory });
  return JSON.parse(Buffer.from(manifest.bytes).toString()) as ManifestJson;
}

async function titles(...layers: LayerInput[]): Promise<(string | undefined)[]> {
  const folder = folderOf({ "dist/web/index.html": "<p>", "app.wasm": "wasm", "my file.tar": "t" });
  return (await manifestOf({ layers }, folder)).layers.map((layer) => layer.annotations?.[TITLE]);
}

describe("packArtifact", () => {
  describe("writes the manifest that ORAS writes", () => {
    const vectors = [
      {
        name: "without layers",
        input: { artifactType: TYPE },
        size: 528,
        digest: "sha256:c259a195a48d8029d75449579c81269ca6225cd5b57d36073a7de6458afdfdbd",
      },
      {
        name: "for a file",
        input: { artifactType: DEFAULT_TYPE, layers: [{ file: "hello.txt" }] },
        size: 588,
        digest: "sha256:25830edf02ede2286dc5877e6e580159196e422d744ccc64b5a3898460bc0659",
      },
    ];
    for (const { name, input, size, digest } of vectors) {
      it(name, async () => {
        const baseDirectory = folderOf({ "hello.txt": "hello world\n" });
        const packed = await packArtifact({ ...input, annotations: CREATED }, { baseDirectory });
        assert.deepEqual(packed.manifest.descriptor, {
          mediaType: "application/vnd.oci.image.manifest.v1+json",
          digest,
          size,
        });
        assert.equal(sha256(packed.manifest.bytes), digest);
      });
    }

    it("for a folder, except for the compressed bytes", async () => {
      const folder = folderOf({ "data/hello.txt": "hello world\n" });
      const { layers } = await manifestOf({ layers: [{ directory: "data" }] }, folder);
      assert.deepEqual(layers, [
        {
          mediaType: "application/vnd.oci.image.layer.v1.tar+gzip",
          digest: "sha256:40cea14a6ebe4fe9c9eab9b40139d385847e0c82f1edeac47b394170138236ca",
          size: 136,
          annotations: {
            "io.deis.oras.content.digest":
              "sha256:6cd9040cfcd7a9ff53c6cb4136bf78c1fcf6fbfca339526437ec28a126b802d3",
            "io.deis.oras.content.unpack": "true",
            [TITLE]: "data",
          },
        },
      ]);
    });
  });

  it("returns every blob of the manifest, config first, which can be opened any number of times", async () => {
    const baseDirectory = folderOf({ "a.bin": "A".repeat(3_000_000), "d/x": "X", "c.json": "{1}" });
    const layers: LayerInput[] = [
      { file: "a.bin" },
      { file: "a.bin", compression: "gzip" },
      { directory: "d" },
      { directory: "d", compression: "none" },
      { content: "inline", title: "i.txt" },
      { content: "inline", compression: "gzip" },
      { content: "" },
    ];
    const config = { mediaType: "application/json", file: "c.json" };
    const packed = await packArtifact({ layers, config }, { baseDirectory });
    assert.equal(packed.blobs.length, 8);
    for (const blob of packed.blobs) {
      for (let opened = 0; opened < 2; opened++) {
        const bytes = await collect(await blob.open());
        assert.deepEqual(
          [bytes.length, sha256(bytes)],
          [blob.descriptor.size, blob.descriptor.digest],
        );
      }
    }
  });

  it("describes layers as plain data, with the digest before compression and the compressor", async () => {
    const baseDirectory = folderOf({
      "hello.txt": "hello world\n",
      "data/hello.txt": "hello world\n",
    });
    const layers = [
      { file: "hello.txt" },
      { directory: "data" },
      { content: "x", mediaType: "text/x" },
    ];
    const { layerDescriptors } = await packArtifact(
      { artifactType: TYPE, layers },
      { baseDirectory },
    );
    assert.deepEqual(layerDescriptors, [
      {
        title: "hello.txt",
        mediaType: "application/vnd.oci.image.layer.v1.tar",
        size: 12,
        digest: "sha256:a948904f2f0f479b8f8197694b30184b0d2ed1c1cd2a1ec0fb85d299a192a447",
      },
      {
        title: "data",
        mediaType: "application/vnd.oci.image.layer.v1.tar+gzip",
        size: 136,
        digest: "sha256:40cea14a6ebe4fe9c9eab9b40139d385847e0c82f1edeac47b394170138236ca",
        tarDigest: "sha256:6cd9040cfcd7a9ff53c6cb4136bf78c1fcf6fbfca339526437ec28a126b802d3",
        compressor: "fflate-0.8.3-level5-1MiB-1",
      },
      { mediaType: "text/x", size: 1, digest: digestOf("x") },
    ]);
    assert.deepEqual(JSON.parse(JSON.stringify(layerDescriptors)), layerDescriptors);
  });

  describe("titles a layer", () => {
    it("with the last segment of its path", async () => {
      const given = [{ file: "./app.wasm" }, { directory: "dist/web/" }, { file: "my file.tar" }];
      assert.deepEqual(await titles(...given), ["app.wasm", "web", "my file.tar"]);
    });

    it("for what it is", async () => {
      const given: LayerInput[] = [
        { file: "app.wasm", compression: "gzip" },
        { directory: "dist", compression: "none" },
        { content: "x" },
      ];
      assert.deepEqual(await titles(...given), ["app.wasm.gz", "dist.tar", undefined]);
    });

    it("as told, or not at all", async () => {
      const given: LayerInput[] = [
        { file: "app.wasm", title: "bin/my app%20é 😀.wasm" },
        { file: "app.wasm", title: false },
        { file: "app.wasm", annotations: { [TITLE]: "other" } },
      ];
      assert.deepEqual(await titles(...given), ["bin/my app%20é 😀.wasm", undefined, "other"]);
    });
  });

  it("packs empty content", async () => {
    const baseDirectory = folderOf({ empty: "", "d/": undefined });
    const layers = [{ file: "empty" }, { directory: "d" }];
    const packed = await packArtifact({ artifactType: TYPE, layers }, { baseDirectory });
    const none = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert.deepEqual(
      [packed.blobs[1]?.descriptor.digest, packed.blobs[1]?.descriptor.size],
      [none, 0],
    );
    assert.equal((await collect(await (packed.blobs[1] ?? assert.fail()).open())).length, 0);
    const without = await packArtifact({ artifactType: TYPE });
    assert.deepEqual(
      without.blobs.map(({ descriptor }) => descriptor.digest),
      [EMPTY, EMPTY],
    );
    assert.deepEqual(without.layerDescriptors, []);
  });

  it("accepts a config as content or file, with annotations", async () => {
    const folder = folderOf({ "c.json": '{"a":1}' });
    const annotations = { b: "2", a: "1" };
    const named = { mediaType: "application/vnd.example.config", annotations };
    const expected = {
      mediaType: named.mediaType,
      digest: digestOf('{"a":1}'),
      size: 7,
      annotations,
    };
    const byContent = await manifestOf({ config: { ...named, content: '{"a":1}' } }, folder);
    const byFile = await manifestOf({ config: { ...named, file: "c.json" } }, folder);
    assert.deepEqual([byContent.config, byFile.config], [expected, expected]);
    const empty = { mediaType: "application/vnd.oci.empty.v1+json", content: "{}", annotations };
    const { config } = await manifestOf({ config: empty }, folder);
    const { mediaType } = empty;
    assert.deepEqual(config, { mediaType, digest: EMPTY, size: 2, annotations, data: "e30=" });
  });

  it("names the subject", async () => {
    const subject = { mediaType: "application/x", digest: digestOf("s"), size: 1 };
    assert.deepEqual((await manifestOf({ subject }, ".")).subject, subject);
  });

  it("refuses a manifest of more than 4 MiB", async () => {
    const annotations = { long: "x".repeat(4 * 1024 * 1024) };
    const packing = packArtifact({ artifactType: TYPE, annotations });
    await assert.rejects(packing, { code: "INPUT_INVALID", message: /4 MiB/ });
  });

  it("names the layer that cannot be packed, and leaves nothing running", async () => {
    const baseDirectory = folderOf({ big: Buffer.alloc(50_000_000), d: "" });
    const layers = [{ file: "big" }, { directory: "./none" }, { file: "big", title: "again" }];
    await assert.rejects(
      packArtifact({ artifactType: TYPE, layers }, { baseDirectory }),
      (error) => {
        assert.ok(isAcrError(error) && "path" in error && "property" in error);
        const { code, path, property } = error;
        assert.deepEqual(
          [code, path, property],
          ["SOURCE_NOT_FOUND", "./none", "layers[1].directory"],
        );
        return true;
      },
    );
  });

  it("stops at an abort", async () => {
    const aborted = AbortSignal.abort();
    const packing = packArtifact(
      { artifactType: TYPE, layers: [{ content: "" }] },
      { signal: aborted },
    );
    await assert.rejects(packing, { code: "ABORTED" });
  });
});
