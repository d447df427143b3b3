import assert from "node:assert/strict";
import { chmodSync, renameSync, symlinkSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, it } from "mocha";
import type { ContentName } from "../../../../provider/artifact/kinds/packKind.js";
import { packMemo } from "../../../../provider/artifact/packMemo.js";
import { digestOf } from "../../../../provider/oci/digest.js";
import { OCI_MANIFEST } from "../../../../provider/oci/mediaTypes.js";
import { readEntries } from "../../../../provider/tar/readEntries.js";
import { blobAt, manifestOf, PackedKinds } from "./packedKinds.js";

const TEMPLATE = JSON.stringify({
  $schema: "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  contentVersion: "1.0.0.0",
  metadata: { description: "a storage account" },
  resources: [],
});
const SPDX = '{"SPDXID":"SPDXRef-DOCUMENT","spdxVersion":"SPDX-2.3"}';
const CYCLONE = '{"$schema":"x","bomFormat":"CycloneDX","specVersion":"1.6"}';
const IMAGE = "org.opencontainers.image";

const kinds = new PackedKinds({
  "web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
  "web/templates/run.sh": "#!/bin/sh\n",
  "deploy/app.yaml": "kind: Deployment\n",
  "deploy/base/service.yaml": "kind: Service\n",
  "deploy/.gitignore": "x",
  "deploy/picture.png": "x",
  "deploy/.git/HEAD": "x",
  "storage.json": TEMPLATE,
  "tenant.json": TEMPLATE.replace("deploymentTemplate", "tenantDeploymentTemplate"),
  "sources.tgz": Buffer.from("1f8b0800000000000003", "hex"),
  "module.wasm": Buffer.from("0061736d01000000", "hex"),
  "component.wasm": componentBytes(),
  "strange.wasm": Buffer.concat([
    Buffer.from("0061736d0d000100", "hex"),
    Buffer.from("0a0401000161", "hex"),
  ]),
  "sbom.json": SPDX,
  "list.json": CYCLONE,
  "list.xml": '<?xml version="1.0"?>\n<bom xmlns="http://cyclonedx.org/schema/bom/1.6"/>',
  "list.txt": "# made by hand\nSPDXVersion: SPDX-2.3\n",
  "web.spdx.json": "{}",
  "deep/bom.json": "{}",
});

/** One import and two exports as compilers write them, among sections that are skipped. */
function componentBytes(): Buffer {
  const text = (value: string): Buffer =>
    Buffer.concat([Buffer.of(value.length), Buffer.from(value)]);
  const section = (id: number, ...parts: Buffer[]): Buffer => {
    const body = Buffer.concat(parts);
    return Buffer.concat([Buffer.of(id, body.length), body]);
  };
  return Buffer.concat([
    Buffer.from("0061736d0d000100", "hex"),
    section(7, Buffer.from("0142000000", "hex")),
    section(
      10,
      Buffer.of(2, 0),
      text("wasi:cli/environment@0.2.0"),
      Buffer.of(5, 0),
      Buffer.of(0),
      text("log"),
      Buffer.of(1, 3),
    ),
    section(0, text("name")),
    section(11, Buffer.of(1, 1), text("wasi:cli/run@0.2.0"), Buffer.of(5, 1, 0)),
    section(11, Buffer.of(1, 0), text("handle"), Buffer.of(1, 2, 1, 1, 4)),
  ]);
}

/** ociLayout has its own tests, because it cannot be combined with other inputs. */
type MadeHere = Exclude<ContentName, "ociLayout">;

/** Digests of these files, the same on every machine and in every version. */
const GOLDEN: Readonly<Record<MadeHere, string>> = {
  helmChart: "sha256:0ddbc557aaa385c83a2ad81ca552476a15f44fd64b5b6afe60d75bb5a199e430",
  bicepModule: "sha256:6d36f2fa17346f9d562211aa8748e7a7cfba7dc9de088576e64e74df9cd29ef3",
  fluxSource: "sha256:f6f687dea43bc89f5d53e03fa1b65218882f5d8e7abb4e960a6637eb688bcbfa",
  wasmComponent: "sha256:f9f1cd5be37d5d8ec0f4e5f2cb2313e9df1d93114d24c3ac5a543956bb3e8c17",
  sbom: "sha256:9936a26de5db0f94d6aa52ba097d6f90462c42f2378c27835af41285752fc643",
  endOfLife: "sha256:f3e96b1c5129adfea39a307f869cd8a36a6e5dabf38b93e01510ed0a90fb2f0c",
};

const FLUX = { path: "deploy", source: "https://example.com/x.git", revision: "main@sha1:1234" };

function packGolden(name: MadeHere): ReturnType<PackedKinds["pack"]> {
  switch (name) {
    case "helmChart":
      return kinds.pack(name, { path: "web" });
    case "bicepModule":
      return kinds.pack(name, { file: "storage.json", source: "sources.tgz" });
    case "fluxSource":
      return kinds.pack(name, FLUX);
    case "wasmComponent":
      return kinds.pack(name, { file: "component.wasm" });
    case "sbom":
      return kinds.pack(name, { file: "sbom.json" });
    case "endOfLife":
      return kinds.pack(name, { date: "2027-03-31" });
  }
}

describe("each kind of content", () => {
  for (const [name, digest] of Object.entries(GOLDEN) as [MadeHere, string][]) {
    it(`${name} always has the same digest`, async () => {
      assert.equal((await packGolden(name)).manifest.descriptor.digest, digest);
    });
  }

  it("does not depend on modes, times and the order of writing", async () => {
    const at = (path: string): string => join(kinds.folder.path, path);
    chmodSync(at("web/templates/run.sh"), 0o755);
    utimesSync(at("web/Chart.yaml"), 1, 1);
    renameSync(at("deploy/app.yaml"), at("deploy/zz"));
    renameSync(at("deploy/zz"), at("deploy/app.yaml"));
    for (const name of ["helmChart", "fluxSource"] as const) {
      assert.equal((await packGolden(name)).manifest.descriptor.digest, GOLDEN[name]);
    }
  });

  it("is not compressed again if nothing has changed", async () => {
    for (const name of ["helmChart", "fluxSource"] as const) {
      const [layer] = (await packGolden(name)).layerDescriptors;
      const args = { helmChart: { path: "web" }, fluxSource: FLUX };
      await packMemo.clear();
      const known = [{ ...layer, digest: digestOf("as it was recorded"), size: 7 }];
      const packed = await kinds.pack(name, args[name] as never, { known });
      assert.equal(packed.layerDescriptors[0]?.digest, known[0]?.digest, name);
    }
  });

  it("accepts a subject and further annotations", async () => {
    const subject = { mediaType: OCI_MANIFEST, digest: digestOf("x"), size: 1 };
    for (const name of Object.keys(GOLDEN) as MadeHere[]) {
      const context = { subject, annotations: { "com.example.team": "web" } };
      const args = {
        helmChart: { path: "web" },
        bicepModule: { file: "storage.json" },
        fluxSource: FLUX,
        wasmComponent: { file: "module.wasm" },
        sbom: { file: "sbom.json" },
        endOfLife: { date: "2027-03-31" },
      };
      const packed = await kinds.pack(name, args[name] as never, context);
      const manifest = manifestOf(packed);
      assert.deepEqual(manifest.subject, subject, name);
      assert.equal(manifest.annotations["com.example.team"], "web", name);
      assert.deepEqual(packed.annotations, manifest.annotations, name);
      assert.equal(packed.artifactType, manifest.artifactType, name);
    }
  });
});

describe("a Helm chart", () => {
  it("is packed under its name, Chart.yaml first, without folders, all 0644", async () => {
    const packed = await kinds.pack("helmChart", { path: "web" });
    assert.deepEqual(await entriesIn(await blobAt(packed, 1)), [
      "file web/Chart.yaml 644",
      "file web/templates/run.sh 644",
    ]);
    assert.deepEqual(packed.defaultTags, ["1.0.0"]);
  });

  it("has no title, no artifact type, and Helm's own types", async () => {
    const { artifactType, config, layers } = manifestOf(
      await kinds.pack("helmChart", { path: "web" }),
    );
    assert.equal(artifactType, undefined);
    assert.equal(config?.mediaType, "application/vnd.cncf.helm.config.v1+json");
    assert.deepEqual(
      layers.map(({ mediaType, annotations }) => [mediaType, annotations]),
      [["application/vnd.cncf.helm.chart.content.v1.tar+gzip", undefined]],
    );
  });
});

describe("a Bicep module", () => {
  it("has what bicep restore requires: one template, {} as config, Bicep's types", async () => {
    const packed = await kinds.pack("bicepModule", { file: "storage.json", source: "sources.tgz" });
    const { artifactType, config, layers, annotations } = manifestOf(packed);
    assert.equal(artifactType, "application/vnd.ms.bicep.module.artifact");
    assert.equal(config?.mediaType, "application/vnd.ms.bicep.module.config.v1+json");
    assert.equal((await blobAt(packed, 0)).toString(), "{}");
    assert.deepEqual(
      layers.map((layer) => [layer.mediaType, layer.annotations?.[`${IMAGE}.title`]]),
      [
        ["application/vnd.ms.bicep.module.layer.v1+json", "Compiled ARM template"],
        ["application/vnd.ms.bicep.module.source.v1.tar+gzip", "Source files"],
      ],
    );
    assert.equal((await blobAt(packed, 1)).toString(), TEMPLATE);
    assert.deepEqual(annotations, { [`${IMAGE}.description`]: "a storage account" });
  });

  it("has the given description and documentation", async () => {
    const documentationUri = "https://example.com/docs";
    const args = { file: "tenant.json", description: "another", documentationUri };
    assert.deepEqual((await kinds.pack("bicepModule", args)).annotations, {
      [`${IMAGE}.description`]: "another",
      [`${IMAGE}.documentation`]: documentationUri,
    });
  });
});

describe("a source for Flux", () => {
  it("is an archive whose root is `.`, without what Flux leaves out", async () => {
    const packed = await kinds.pack("fluxSource", FLUX);
    const { config, layers, annotations } = manifestOf(packed);
    assert.equal(config?.mediaType, "application/vnd.cncf.flux.config.v1+json");
    assert.equal(layers.length, 1);
    assert.equal(layers[0]?.mediaType, "application/vnd.cncf.flux.content.v1.tar+gzip");
    assert.deepEqual(annotations, {
      [`${IMAGE}.created`]: "1970-01-01T00:00:00Z",
      [`${IMAGE}.source`]: FLUX.source,
      [`${IMAGE}.revision`]: FLUX.revision,
    });
    assert.deepEqual(await entriesIn(await blobAt(packed, 1)), [
      "directory . 755",
      "file app.yaml 644",
      "directory base 755",
      "file base/service.yaml 644",
    ]);
    const { rootfs } = JSON.parse((await blobAt(packed, 0)).toString()) as {
      rootfs: { diff_ids: string[] };
    };
    assert.deepEqual(rootfs.diff_ids, [packed.layerDescriptors[0]?.tarDigest]);
  });

  it("uses given patterns instead of Flux's own", async () => {
    const packed = await kinds.pack("fluxSource", { ...FLUX, ignore: ["base", ".git", "*.yaml"] });
    assert.deepEqual(await entriesIn(await blobAt(packed, 1)), [
      "directory . 755",
      "file .gitignore 644",
      "file picture.png 644",
    ]);
  });

  it("may be one file", async () => {
    symlinkSync("deploy/app.yaml", join(kinds.folder.path, "link.yaml"));
    for (const [path, name] of Object.entries({
      "deploy/app.yaml": "app.yaml",
      "link.yaml": "link.yaml",
    })) {
      const packed = await kinds.pack("fluxSource", { ...FLUX, path });
      const entries = await entriesIn(await blobAt(packed, 1));
      assert.deepEqual(entries, ["directory . 755", `file ${name} 644`]);
    }
  });
});

describe("WebAssembly", () => {
  const config = async (args: {
    file: string;
    author?: string;
    created?: string;
    target?: string;
  }) => {
    const packed = await kinds.pack("wasmComponent", args);
    assert.equal(manifestOf(packed).config?.mediaType, "application/vnd.wasm.config.v0+json");
    const [layer] = manifestOf(packed).layers;
    assert.equal(layer?.mediaType, "application/wasm");
    assert.equal(layer.annotations?.[`${IMAGE}.title`], args.file);
    return { json: (await blobAt(packed, 0)).toString(), digest: layer.digest };
  };

  it("of a core module has no component", async () => {
    const { json, digest } = await config({ file: "module.wasm" });
    assert.equal(
      json,
      `{"created":"1970-01-01T00:00:00Z","author":null,"architecture":"wasm","os":"wasip1","layerDigests":["${digest}"],"component":null}`,
    );
  });

  it("of a component has its exports and imports, read from the binary", async () => {
    const created = "2026-01-02T03:04:05Z";
    const target = "wasi:cli/command@0.2.0";
    const { json, digest } = await config({
      file: "component.wasm",
      author: "me",
      created,
      target,
    });
    assert.deepEqual(JSON.parse(json), {
      created,
      author: "me",
      architecture: "wasm",
      os: "wasip2",
      layerDigests: [digest],
      component: {
        exports: ["wasi:cli/run@0.2.0", "handle"],
        imports: ["wasi:cli/environment@0.2.0", "log"],
        target,
      },
    });
  });

  it("of a truncated component is refused", async () => {
    await assert.rejects(kinds.pack("wasmComponent", { file: "strange.wasm" }), {
      property: "content.wasmComponent.file",
      message: /strange\.wasm cannot be published: a section ends too early/,
    });
  });

  it("of a core module has no target world", async () => {
    const args = { file: "module.wasm", target: "a:b/c" };
    await assert.rejects(kinds.pack("wasmComponent", args), {
      property: "content.wasmComponent.target",
    });
  });
});

describe("a bill of materials has the type of its format:", () => {
  const rows: readonly (readonly [string, string | undefined, string])[] = [
    ["web.spdx.json", undefined, "application/spdx+json"],
    ["deep/bom.json", undefined, "application/vnd.cyclonedx+json"],
    ["sbom.json", undefined, "application/spdx+json"],
    ["list.json", undefined, "application/vnd.cyclonedx+json"],
    ["list.xml", undefined, "application/vnd.cyclonedx+xml"],
    ["list.txt", undefined, "text/spdx"],
    ["sources.tgz", "cyclonedx-xml", "application/vnd.cyclonedx+xml"],
  ];
  for (const [file, format, type] of rows) {
    it(`${file}${format === undefined ? "" : ` as ${format}`}`, async () => {
      const packed = await kinds.pack("sbom", { file, format } as { file: string });
      const { artifactType, layers, config } = manifestOf(packed);
      assert.equal(artifactType, type);
      assert.deepEqual(
        layers.map(({ mediaType }) => mediaType),
        [type],
      );
      assert.equal(config?.mediaType, "application/vnd.oci.empty.v1+json");
    });
  }
});

describe("an end of life", () => {
  it("is a note of ACR's type without content", async () => {
    const manifest = manifestOf(await kinds.pack("endOfLife", { date: "2028-02-29" }));
    assert.equal(manifest.artifactType, "application/vnd.microsoft.artifact.lifecycle");
    assert.deepEqual(manifest.annotations, {
      "vnd.microsoft.artifact.lifecycle.end-of-life.date": "2028-02-29",
    });
    assert.deepEqual(
      manifest.layers.map(({ mediaType, size }) => [mediaType, size]),
      [["application/vnd.oci.empty.v1+json", 2]],
    );
  });
});

/** Type, name and mode of each, from the compressed archive. */
async function entriesIn(gzip: Buffer): Promise<string[]> {
  const lines: string[] = [];
  async function* bytes(): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(gunzipSync(gzip));
  }
  for await (const { type, name, mode } of readEntries(bytes())) {
    lines.push(`${type} ${name} ${(mode & 0o777).toString(8)}`);
  }
  return lines;
}
