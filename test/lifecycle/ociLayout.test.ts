import assert from "node:assert/strict";
import { rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { ociLayout } from "pulumi-acr";
import { digestOf, DOCKER_MANIFEST } from "pulumi-acr/client";
import { type Emulator } from "pulumi-acr/emulator";
import { fileOf, ImageLayout } from "../support/imageLayout.js";
import { type Bag, type Declaration, type MiniEngine } from "../support/miniEngine.js";
import { requestsTo, writesTo } from "../support/requests.js";
import { eachWithFolder } from "../support/scene.js";
import { type Somebody } from "../support/somebody.js";

const REPOSITORY = "apps/web";

describe("ociLayout", () => {
  let emulator: Emulator;
  let layout: ImageLayout;
  let somebody: Somebody;
  let engine: MiniEngine;

  eachWithFolder(REPOSITORY, {}, (scene) => {
    ({ emulator, engine, somebody } = scene);
    layout = new ImageLayout(join(scene.folder.path, "out"));
  });

  function declared(args: Bag = {}, inputs: Bag = {}): Declaration[] {
    const content = ociLayout({ path: "out", ...args }) as unknown as Bag;
    const all = { repository: REPOSITORY, tags: ["1.0"], ...content, ...inputs };
    return [{ name: "web", kind: "OciArtifact", inputs: all }];
  }
  const output = (name: string): unknown => engine.resource("web").outputs[name];

  it("publishes an index with all its children under the digest of the layout", async () => {
    const { index, all } = layout.release();
    layout.list(index, "latest");
    const { outputs } = await engine.preview(declared());
    assert.deepEqual(requestsTo(emulator), []);
    assert.equal(outputs["web"]?.["digest"], index.digest);
    assert.equal(includedIn(outputs["web"]).length, 4);
    await engine.up(declared());
    assert.equal(await somebody.digestOf("1.0"), index.digest);
    for (const digest of all) assert.ok(await somebody.has(digest), digest);
    emulator.journal.clear();
    assert.equal((await engine.up(declared())).operations["web"], "same");
    assert.deepEqual(requestsTo(emulator), []);
    assert.equal((await engine.refresh()).operations["web"], "same");
    await engine.destroy();
    assert.equal(await somebody.repository.attributes.repository(), undefined);
  });

  it("publishes an image unchanged and shows its config and layers", async () => {
    const image = layout.image("one", { annotations: { by: "another tool" } });
    layout.list(image);
    await engine.up(declared());
    assert.equal(await somebody.digestOf("1.0"), image.digest);
    assert.deepEqual(output("annotations"), { by: "another tool" });
    assert.equal((output("layerDescriptors") as unknown[]).length, 1);
    assert.equal((output("configDescriptor") as Bag)["size"], 12);
  });

  it("publishes a Docker image", async () => {
    const config = layout.blob("{}", "application/vnd.docker.container.image.v1+json");
    const layer = layout.blob("x", "application/vnd.docker.image.rootfs.diff.tar.gzip");
    const image = layout.manifest({ config, layers: [layer] }, DOCKER_MANIFEST);
    layout.list(image, "v1");
    await engine.up(declared());
    assert.equal(await somebody.digestOf("1.0"), image.digest);
    assert.equal(output("mediaType"), DOCKER_MANIFEST);
  });

  it("publishes an image with a referrer that the layout lists beside it", async () => {
    const image = layout.image("one");
    const signature = layout.image("signature", { subject: image });
    layout.list(signature);
    layout.list(image);
    await engine.up(declared());
    assert.equal(await somebody.digestOf("1.0"), image.digest);
    assert.ok(await somebody.has(signature.digest));
    await engine.destroy();
    assert.equal(await somebody.repository.attributes.repository(), undefined);
  });

  it("selects a manifest by name or digest", async () => {
    const [one, two] = [layout.image("one"), layout.image("two")];
    layout.list(one, "1");
    layout.list(two, "2");
    for (const [reference, expected] of [
      ["1", one],
      ["2", two],
      [one.digest, one],
    ] as const) {
      const { outputs } = await engine.preview(declared({ reference }));
      assert.equal(outputs["web"]?.["digest"], expected.digest);
    }
  });

  describe("with `verify`", () => {
    const said = (): string => engine.messages.map(({ text }) => text).join("\n");
    const driftedTo = (): unknown =>
      (output("drift") as Bag[]).map(({ kind, expected }) => [kind, expected]);
    /** Digests of two blobs of the release: layer and config of an image. */
    const layer = digestOf("release for arm64");
    const config = digestOf('{"of":"release for arm64"}');

    it("finds missing blobs of an index's children; up sends them again", async () => {
      const { index } = layout.release();
      layout.list(index);
      const program = declared({}, { verify: "blobs" });
      await engine.up(program);
      for (const digest of [layer, config]) {
        await somebody.repository.blobs.delete(digest);
      }
      const preview = await engine.preview(program, { refresh: true });
      assert.deepEqual(preview.changes["web"], ["included"]);
      await engine.refresh();
      assert.deepEqual(driftedTo(), [
        ["blob-missing", config],
        ["blob-missing", layer],
      ]);
      assert.match(said(), new RegExp(`@${layer} is missing: the artifact cannot be pulled`));
      emulator.journal.clear();
      await engine.up(program);
      assert.deepEqual(writesTo(emulator), ["POST whole blob", "POST whole blob"]);
      assert.equal((await engine.refresh()).operations["web"], "same");
    });

    it("finds a missing child; up publishes it again", async () => {
      const { index, all } = layout.release();
      layout.list(index);
      const program = declared({}, { verify: "included" });
      await engine.up(program);
      await somebody.deleteManifest(all[3] ?? "");
      await engine.refresh();
      assert.deepEqual(driftedTo(), [["manifest-missing", all[3]]]);
      assert.equal((output("included") as unknown[]).length, 4);
      await engine.up(program);
      for (const digest of all) assert.ok(await somebody.has(digest), digest);
      assert.equal((await engine.refresh()).operations["web"], "same");
    });

    it("does not report layers that are distributed elsewhere", async () => {
      const foreign = "application/vnd.oci.image.layer.nondistributable.v1.tar";
      const layers = [layout.blob("here"), layout.blob("elsewhere", foreign)];
      const image = layout.manifest({ config: layout.blob("{}"), layers });
      layout.list(image, "image");
      layout.list(layout.index([image]), "index");
      for (const reference of ["image", "index"]) {
        const program = declared({ reference }, { verify: "blobs" });
        await engine.up(program);
        assert.equal((await engine.refresh()).operations["web"], "same");
      }
    });
  });

  it("is replaced when the layout changes", async () => {
    layout.list(layout.image("one"), "1");
    await engine.up(declared());
    const next = layout.image("two");
    new ImageLayout(layout.path).list(next, "1");
    assert.equal((await engine.up(declared())).operations["web"], "replace");
    assert.equal(await somebody.digestOf("1.0"), next.digest);
  });

  it("keeps paths relative to the program's folder", async () => {
    layout.list(layout.image("one"));
    await engine.up(declared({ path: layout.path }));
    assert.deepEqual(output("content"), { ociLayout: { path: "out" } });
  });

  describe("fails at preview, without a request, for", () => {
    const rows: Record<string, readonly [(made: ImageLayout) => void, RegExp, Bag?]> = {
      "a folder that is not a layout": [
        ({ path }) => rmSync(join(path, "oci-layout")),
        /content\.ociLayout\.path: out\/oci-layout does not exist/,
      ],
      "an unknown version of the layout": [
        (made) => made.write("oci-layout", '{"imageLayoutVersion":"2.0.0"}'),
        /content\.ociLayout\.path: out\/oci-layout does not say `"imageLayoutVersion": "1\.0\.0"`/,
      ],
      "a layout without an index": [
        ({ path }) => rmSync(join(path, "index.json")),
        /content\.ociLayout\.path: out\/index\.json does not exist/,
      ],
      "a digest that leads out of the folder": [
        (made) =>
          made.write(
            "index.json",
            '{"manifests":[{"mediaType":"a/b","digest":"sha256:../../../etc/passwd","size":1}]}',
          ),
        /content\.ociLayout\.path: out: the manifest's manifests\[0\]\.digest is missing or malformed/,
      ],
      "a file instead of a folder": [
        () => undefined,
        /out\/index\.json is a file/,
        { path: "out/index.json" },
      ],
      "a name that the layout does not have": [
        () => undefined,
        /content\.ociLayout\.reference: the layout has no "v2": it has "v1" \(sha256:\w+\)/,
        { reference: "v2" },
      ],
      "several manifests without a choice": [
        (made) => made.list(made.image("two"), "v2"),
        /content\.ociLayout\.reference: the layout has several manifests, so say which: it has "v1" .*, "v2" /,
      ],
      "a missing blob": [
        ({ path }) => rmSync(join(path, fileOf(LAYER))),
        /content\.ociLayout\.path: out\/blobs\/sha256\/\w+ does not exist/,
      ],
      "a blob whose size differs": [
        ({ path }) => writeFileSync(join(path, fileOf(LAYER)), "longer than one"),
        /content\.ociLayout\.path: out\/blobs\/sha256\/\w+ has 15 bytes, but its descriptor says 3/,
      ],
      "a blob whose bytes differ": [
        ({ path }) => writeFileSync(join(path, fileOf(LAYER)), "two"),
        /content\.ociLayout\.path: out\/blobs\/sha256\/\w+ has digest sha256:\w+: it was damaged/,
      ],
      "a blob that is a link out of the program's folder": [
        ({ path }) => {
          rmSync(join(path, fileOf(LAYER)));
          symlinkSync("/etc/hostname", join(path, fileOf(LAYER)));
        },
        /content\.ociLayout\.path: out\/blobs\/sha256\/\w+ is a symbolic link that leads out/,
      ],
    };
    /** Digest of the layer of each row's image. */
    const LAYER = "sha256:7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed";
    for (const [name, [spoil, message, args = {}]] of Object.entries(rows)) {
      it(name, async () => {
        layout.list(layout.image("one"), "v1");
        spoil(layout);
        await assert.rejects(engine.preview(declared(args)), { message });
        assert.deepEqual(requestsTo(emulator), []);
      });
    }

    it("inputs that it excludes", async () => {
      layout.list(layout.image("one"));
      const annotations = { a: "b" };
      await assert.rejects(engine.preview(declared({}, { annotations })), {
        message: /annotations: `content` \(ociLayout\) decides what it is: give one of them/,
      });
    });
  });
});

function includedIn(outputs: Bag | undefined): readonly unknown[] {
  return outputs?.["included"] as readonly unknown[];
}
