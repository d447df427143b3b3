import assert from "node:assert/strict";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, it } from "mocha";
import {
  encodeManifest,
  type LayerInput,
  OCI_INDEX,
  packArtifact,
  type Platform,
  pullArtifact,
  pushArtifact,
  type RegistryClient,
} from "pulumi-acr/client";
import { emulatorForSuite } from "../support/emulatorForSuite.js";
import { folderOf } from "../provider/tar/folders.js";
import { directoryLayer, listingOf, publish, PullSandbox } from "../support/pullSandbox.js";
import { tar } from "../support/tarMembers.js";

const TYPE = "application/vnd.example";

describe("pullArtifact", function () {
  this.timeout(20_000);
  const subject = emulatorForSuite();
  let sandbox: PullSandbox;

  beforeEach(() => (sandbox = new PullSandbox()));
  afterEach(() => sandbox.remove());

  async function push(baseDirectory: string, layers: readonly LayerInput[]): Promise<string> {
    const repository = subject.client().repository("team/app");
    const packed = await packArtifact({ artifactType: TYPE, layers }, { baseDirectory });
    await pushArtifact(repository, packed);
    await repository.manifests.push(packed.manifest, { tag: "v1" });
    subject.emulator.journal.clear();
    return packed.manifest.descriptor.digest;
  }

  const pull = (reference: string, options = {}, client: RegistryClient = subject.client()) =>
    pullArtifact(client.repository("team/app"), reference, sandbox.target, options);

  it("restores files, folders and texts, by tag and by digest", async () => {
    const folder = folderOf({ "docs/a/b.md": "b", "docs/empty/": undefined, "model.bin": "bytes" });
    chmodSync(join(folder, "model.bin"), 0o755);
    writeFileSync(join(folder, "docs/run.sh"), "#!/bin/sh\n", { mode: 0o755 });
    const digest = await push(folder, [
      { directory: "docs", title: "site/docs" },
      { file: "model.bin" },
      { content: "{}", title: "conf/settings.json" },
      { content: "not a file" },
    ]);
    const pulled = await pull("v1");
    assert.equal(pulled.descriptor.digest, digest);
    assert.deepEqual(pulled.written, [
      "site/docs/",
      "site/docs/a/",
      "site/docs/a/b.md",
      "site/docs/empty/",
      "site/docs/run.sh",
      "model.bin",
      "conf/settings.json",
    ]);
    assert.deepEqual([pulled.unchanged.length, pulled.skipped.length], [0, 1]);
    assert.deepEqual(listingOf(join(sandbox.target, "site/docs")), listingOf(join(folder, "docs")));
    assert.equal(readFileSync(join(sandbox.target, "model.bin"), "utf8"), "bytes");
    assert.deepEqual((await pull(digest)).written, []);
  });

  it("restores any folder after pack, push and pull", async () => {
    const segment = fc
      .string({ unit: "grapheme", minLength: 1, maxLength: 40 })
      .filter((name) => !/[/\\\p{Cc}\p{Surrogate}\ufffd]|^\.{1,2}$|^[A-Za-z]:/u.test(name));
    const tree = fc.dictionary(
      fc.array(segment, { minLength: 1, maxLength: 5 }).map((steps) => steps.join("/")),
      fc.option(fc.uint8Array({ maxLength: 3000 }), { nil: undefined }),
      { maxKeys: 8, noNullPrototype: true },
    );
    await fc.assert(
      fc.asyncProperty(tree, async (files) => {
        fc.pre(isTree(Object.keys(files)));
        const folder = folderOf({ "data/": undefined, ...under("data", files) });
        const digest = await push(folder, [{ directory: "data" }]);
        const target = folderOf({});
        await pullArtifact(subject.client().repository("team/app"), digest, target);
        assert.deepEqual(listingOf(target), listingOf(folder));
      }),
      { numRuns: 40 },
    );
  });

  it("keeps existing files with the same content, and does not download them again", async () => {
    const digest = await push(folderOf({ x: "x", "d/y": "y" }), [
      { file: "x" },
      { directory: "d" },
    ]);
    await pull(digest);
    const before = sandbox.listing();
    subject.emulator.journal.clear();
    const again = await pull(digest);
    assert.deepEqual([again.written, again.unchanged], [[], ["x", "d/y"]]);
    assert.deepEqual(sandbox.listing(), before);
    // Only the folder.
    assert.equal(subject.methods, "GET GET storage");
  });

  it("fails with CONFLICT for a file with other content before any download, or replaces it if told to", async () => {
    const digest = await push(folderOf({ x: "new", z: "z" }), [{ file: "x" }]);
    sandbox.write({ "target/x": "old", "target/other": "mine" });
    await assert.rejects(pull(digest), { code: "CONFLICT", subject: join(sandbox.target, "x") });
    assert.equal(subject.methods, "GET");
    assert.deepEqual((await pull(digest, { overwrite: true })).written, ["x"]);
    assert.equal(readFileSync(join(sandbox.target, "x"), "utf8"), "new");
    assert.equal(readFileSync(join(sandbox.target, "other"), "utf8"), "mine");
  });

  it("restores what it replaced when something else fails", async () => {
    const layers = [
      { title: "a", bytes: "new" },
      directoryLayer("d", gzipSync(tar({ name: "d/y", body: "y" }, { name: "d/z", body: "z" }))),
    ];
    const digest = await publish(subject.client(), "team/app", layers);
    sandbox.write({ "target/a": "old", "target/d/z/in-the-way": "mine" });
    const before = sandbox.listing();
    await assert.rejects(pull(digest, { overwrite: true }), { code: "TARGET_UNWRITABLE" });
    assert.deepEqual(sandbox.listing(), before);
  });

  it("allows exactly as many files and folders as maxEntries", async () => {
    const archive = tar({ name: "d/" }, { name: "d/a/b/x" }, { name: "d/a/" }, { name: "d/y" });
    const digest = await publish(subject.client(), "team/app", [
      directoryLayer("d", gzipSync(archive)),
    ]);
    await assert.rejects(pull(digest, { maxEntries: 5 }), { code: "CONTENT_REFUSED" });
    const { written } = await pull(digest, { maxEntries: 6 });
    assert.deepEqual(written, ["d/", "d/a/", "d/a/b/", "d/a/b/x", "d/y"]);
  });

  it("treats a file that lost its executable bit as different", async () => {
    const archive = tar({ name: "d/run", body: "x", mode: 0o755 });
    const digest = await publish(subject.client(), "team/app", [
      directoryLayer("d", gzipSync(archive)),
    ]);
    sandbox.write({ "target/d/run": "x" });
    await assert.rejects(pull(digest), { code: "CONFLICT" });
    assert.deepEqual((await pull(digest, { overwrite: true })).written, ["d/run"]);
  });

  it("creates the folder, and removes what it created when it fails", async () => {
    const { blobs } = subject.client().repository("team/app");
    const good = await push(folderOf({ x: "x" }), [{ file: "x" }]);
    const bad = await publish(subject.client(), "team/app", [{ title: "../x", bytes: "x" }]);
    const below = join(sandbox.target, "a/b");
    const repository = subject.client().repository("team/app");
    await assert.rejects(pullArtifact(repository, bad, below), { code: "CONTENT_REFUSED" });
    const lost = await publish(subject.client(), "team/app", [{ title: "y", bytes: "lost" }]);
    const manifest = await repository.manifests.fetch(lost);
    const { layers } = JSON.parse(Buffer.from(manifest?.bytes ?? []).toString()) as {
      layers: { digest: string }[];
    };
    await blobs.delete(layers[0]?.digest ?? "");
    await assert.rejects(pullArtifact(repository, lost, below), { code: "NOT_FOUND" });
    assert.ok(!existsSync(join(sandbox.target, "a")));
    assert.deepEqual((await pullArtifact(repository, good, below)).written, ["x"]);
  });

  it("fails with TARGET_UNWRITABLE for a folder that cannot be written", async () => {
    const digest = await push(folderOf({ x: "x" }), [{ file: "x" }]);
    const file = join(sandbox.root, "neighbour.txt");
    await assert.rejects(pullArtifact(subject.client().repository("team/app"), digest, file), {
      code: "TARGET_UNWRITABLE",
      message: /neighbour\.txt/,
    });
  });

  it("reports progress, and leaves nothing behind after an abort", async () => {
    const folder = folderOf({ big: Buffer.alloc(3 << 20, 7), "d/y": Buffer.alloc(1 << 20, 1) });
    const digest = await push(folder, [{ file: "big" }, { directory: "d" }]);
    const before = sandbox.listing();
    const controller = new AbortController();
    const aborting = { signal: controller.signal, onProgress: () => controller.abort() };
    await assert.rejects(pull(digest, aborting), { code: "ABORTED" });
    await assert.rejects(pull(digest, { signal: AbortSignal.abort() }), { code: "ABORTED" });
    assert.deepEqual(sandbox.listing(), before);
    const most = new Map<string, number>();
    await pull(digest, {
      onProgress: ({ title, receivedBytes }: { title: string; receivedBytes: number }) => {
        assert.ok(receivedBytes >= (most.get(title) ?? 0));
        most.set(title, receivedBytes);
      },
    });
    assert.equal(most.get("big"), 3 << 20);
  });

  it("fails with NOT_FOUND for a missing tag, and with INPUT_INVALID for an invalid one and for wrong limits", async () => {
    await push(folderOf({ x: "x" }), [{ file: "x" }]);
    await assert.rejects(pull("v2"), { code: "NOT_FOUND" });
    await assert.rejects(pull("../v1"), { code: "INPUT_INVALID" });
    await assert.rejects(pull("v1", { maxEntries: 0 }), { property: "maxEntries" });
    await assert.rejects(pull("v1", { maxUnpackedBytes: Number.NaN }), {
      property: "maxUnpackedBytes",
    });
  });

  describe("an index", () => {
    async function index(): Promise<string> {
      const { manifests } = subject.client().repository("team/app");
      const entries = [];
      for (const [architecture, variant] of [["amd64"], ["arm64", "v8"], ["arm64", "v9"]]) {
        const name = `${architecture}-${variant}`;
        await push(folderOf({ [name]: name }), [{ file: name }]);
        const descriptor = await manifests.resolve("v1");
        const platform = { os: "linux", architecture, ...(variant && { variant }) } as Platform;
        entries.push({ ...(descriptor ?? assert.fail()), platform });
      }
      const encoded = encodeManifest({
        schemaVersion: 2,
        mediaType: OCI_INDEX,
        manifests: entries,
      });
      await manifests.push(encoded, { tag: "all" });
      return encoded.descriptor.digest;
    }

    const rows = [
      [{ os: "linux", architecture: "amd64" }, "amd64-undefined"],
      [{ os: "linux", architecture: "arm64" }, "arm64-v8"],
      [{ os: "linux", architecture: "arm64", variant: "v9" }, "arm64-v9"],
    ] as const;
    for (const [platform, file] of rows) {
      it(`gives the manifest for ${Object.values(platform).join("/")}`, async () => {
        await index();
        assert.deepEqual((await pull("all", { platform })).written, [file]);
      });
    }

    it("fails without a platform or for a missing one, and lists the platforms it has", async () => {
      await index();
      const listed = /"linux\/amd64" \(sha256:.*"linux\/arm64\/v8" \(sha256:.*"linux\/arm64\/v9"/;
      await assert.rejects(pull("all"), { property: "platform", message: listed });
      await assert.rejects(pull("all", { platform: { os: "windows", architecture: "amd64" } }), {
        property: "platform",
        message: listed,
      });
    });

    it("is refused if it states another size or type than the registry serves", async () => {
      const { manifests } = subject.client().repository("team/app");
      await push(folderOf({ x: "x" }), [{ file: "x" }]);
      const descriptor = (await manifests.resolve("v1")) ?? assert.fail();
      const platform = { os: "linux", architecture: "amd64" };
      for (const wrong of [{ size: descriptor.size + 1 }, { mediaType: OCI_INDEX }]) {
        const entry = { ...descriptor, ...wrong, platform };
        const encoded = encodeManifest({
          schemaVersion: 2,
          mediaType: OCI_INDEX,
          manifests: [entry],
        });
        await manifests.push(encoded, { tag: "wrong" });
        await assert.rejects(pull("wrong", { platform }), { code: "PROTOCOL" });
      }
    });

    it("is followed through up to four levels", async () => {
      const { manifests } = subject.client().repository("team/app");
      await push(folderOf({ x: "x" }), [{ file: "x" }]);
      const platform = { os: "linux", architecture: "amd64" };
      for (const level of [1, 2, 3, 4, 5]) {
        const named = await manifests.resolve(level === 1 ? "v1" : `level${level - 1}`);
        const entries = [{ ...(named ?? assert.fail()), platform }];
        const index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: entries } as const;
        await manifests.push(encodeManifest(index), { tag: `level${level}` });
      }
      assert.deepEqual((await pull("level4", { platform })).written, ["x"]);
      await assert.rejects(pull("level5", { platform }), {
        code: "PROTOCOL",
        message: /level5: indexes are nested 5 deep/,
      });
    });
  });
});

/** Whether no file is a parent of another path, even on a case-insensitive disk. */
function isTree(paths: readonly string[]): boolean {
  const folded = paths.map((path) => path.normalize("NFC").toLowerCase());
  return folded.every((path, index) =>
    folded.every((other, at) => at === index || (path !== other && !other.startsWith(`${path}/`))),
  );
}

function under(
  folder: string,
  files: Readonly<Record<string, Uint8Array | undefined>>,
): Record<string, Uint8Array | undefined> {
  return Object.fromEntries(
    Object.entries(files).map(([path, bytes]) => [`${folder}/${path}`, bytes]),
  );
}
