import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "mocha";
import { digestOf } from "pulumi-acr/client";
import { type Emulator } from "pulumi-acr/emulator";
import type { Digest } from "../../provider/oci/digest.js";
import { referrersTag } from "../../provider/registry/referrersDocument.js";
import { type Bag, type Declaration, type MiniEngine } from "../support/miniEngine.js";
import { requestsTo, writesTo } from "../support/requests.js";
import { eachWithScene } from "../support/scene.js";
import { Somebody } from "../support/somebody.js";

const SOURCE = "dev/app";
const TARGET = "prod/app";

describe("drift of an ArtifactCopy", () => {
  let emulator: Emulator;
  let engine: MiniEngine;
  let prod: Somebody;
  let dev: Somebody;
  let amd64: Digest;
  let arm64: Digest;
  let index: Digest;
  let signature: Digest;

  eachWithScene(TARGET, (scene) => ({ emulator, engine, somebody: prod } = scene));
  beforeEach(async () => {
    dev = new Somebody(emulator, SOURCE);
    amd64 = await dev.publish("amd64");
    arm64 = await dev.publish("arm64");
    index = await dev.publishIndex([amd64, arm64], "v1");
    signature = await dev.publish("signature", undefined, index);
  });
  afterEach(() => dev.close());

  const copy = (inputs: Bag = {}): Declaration[] => {
    const source = { repository: SOURCE, digest: index };
    const all = { source, repository: TARGET, tags: ["1.0"], ...inputs };
    return [{ name: "copy", kind: "ArtifactCopy", inputs: all }];
  };
  const output = (name: string): unknown => engine.resource("copy").outputs[name];
  const said = (): string => engine.messages.map(({ text }) => text).join("\n");
  const missing = (kind: string, digest: string): Bag => ({
    kind,
    subject: `${emulator.loginServer}/${TARGET}@${digest}`,
    expected: digest,
    actual: "absent",
  });
  const all = (): readonly Digest[] => [index, amd64, arm64, signature];

  async function assertWhole(): Promise<void> {
    for (const digest of all()) assert.ok(await prod.has(digest), digest);
    for (const text of ["amd64", "arm64", "signature", "{}"]) {
      assert.ok(await prod.repository.blobs.exists(digestOf(text)), text);
    }
    assert.equal(await prod.digestOf("1.0"), index);
    assert.deepEqual(output("drift"), []);
    assert.equal((await engine.refresh()).operations["copy"], "same");
  }

  it("is named when a tag cannot be put because somebody removed a child", async () => {
    await engine.up(copy({ verify: "blobs" }));
    await prod.deleteManifest(arm64);
    const program = copy({ verify: "blobs", tags: ["1.0", "1.1"] });
    await assert.rejects(engine.up(program), {
      message:
        /prod\/app:1\.1 cannot be put on sha256:\w+: somebody removed .* run `pulumi up --refresh`.*\[REJECTED\]$/,
    });
    await engine.up(program, { refresh: true });
    await assertWhole();
    assert.equal(await prod.digestOf("1.1"), index);
  });

  it("costs one request for each verified manifest and blob, and two for a list of referrers", async () => {
    const listing = ["GET referrers", `GET tag ${referrersTag(index)}`];
    await engine.up(copy({ verify: "included" }));
    emulator.journal.clear();
    await engine.refresh();
    const heads = Array.from({ length: 3 }, () => "HEAD manifest");
    assert.deepEqual(requestsTo(emulator), ["GET manifest properties", ...heads, ...listing]);
    await engine.up(copy({ verify: "blobs" }));
    emulator.journal.clear();
    await engine.refresh();
    assert.deepEqual(requestsTo(emulator).sort(), [
      ...Array.from({ length: 4 }, () => "GET manifest"),
      "GET manifest properties",
      ...listing,
      ...Array.from({ length: 4 }, () => "HEAD blob"),
    ]);
  });

  for (const [what, which] of [
    ["a child", () => arm64],
    ["a referrer", () => signature],
  ] as const) {
    it(`finds ${what} that was deleted; up copies it again`, async () => {
      await engine.up(copy({ verify: "included" }));
      await prod.deleteManifest(which());
      const preview = await engine.preview(copy({ verify: "included" }), { refresh: true });
      assert.deepEqual(preview.changes["copy"], ["source"]);
      await engine.refresh();
      assert.deepEqual(output("drift"), [missing("manifest-missing", which())]);
      assert.match(
        said(),
        new RegExp(`@${which()} is missing: it was published, and somebody deleted it`),
      );
      assert.equal((await engine.up(copy({ verify: "included" }))).operations["copy"], "update");
      await assertWhole();
    });
  }

  it("finds a deleted blob of a child; up sends only that blob", async () => {
    await engine.up(copy({ verify: "blobs" }));
    await prod.repository.blobs.delete(digestOf("arm64"));
    await engine.refresh();
    assert.deepEqual(output("drift"), [missing("blob-missing", digestOf("arm64"))]);
    emulator.journal.clear();
    await engine.up(copy({ verify: "blobs" }));
    assert.deepEqual(writesTo(emulator), ["POST upload"]);
    await assertWhole();
  });

  it("does not include copied children and referrers without verify", async () => {
    await engine.up(copy());
    await prod.deleteManifest(arm64);
    assert.equal((await engine.refresh()).operations["copy"], "same");
  });

  it("is repaired without referrers that the source gained later", async () => {
    await engine.up(copy({ verify: "included" }));
    await prod.deleteManifest(arm64);
    const later = await dev.publish("later", undefined, index);
    await engine.up(copy({ verify: "included" }), { refresh: true });
    assert.equal(await prod.has(later), false);
    await assertWhole();
    await engine.destroy();
    assert.equal(await prod.repository.attributes.repository(), undefined);
  });

  it("reports a referrer that the source has lost too, and stops tracking it", async () => {
    await engine.up(copy({ verify: "included" }));
    for (const one of [dev, prod]) await one.deleteManifest(signature);
    await engine.up(copy({ verify: "included" }), { refresh: true });
    assert.match(said(), new RegExp(`${TARGET}@${signature} is gone, at its source too`));
    assert.equal((await engine.refresh()).operations["copy"], "same");
    const digests = (output("included") as Bag[]).map(({ digest }) => digest);
    assert.deepEqual(new Set(digests), new Set([amd64, arm64]));
  });

  it("cannot be repaired without the source, which the error names", async () => {
    await engine.up(copy({ verify: "included" }));
    await prod.deleteManifest(arm64);
    await engine.refresh();
    await dev.deleteManifest(index);
    emulator.journal.clear();
    await assert.rejects(engine.up(copy({ verify: "included" })), {
      message: /\/dev\/app@sha256:\w+ does not exist.*\[NOT_FOUND\]$/,
    });
    assert.deepEqual(writesTo(emulator), []);
    assert.deepEqual(output("drift"), [missing("manifest-missing", arm64)]);
  });

  describe("if only the copied manifest was deleted", () => {
    it("is repaired by up, with tags and lock", async () => {
      const program = copy({ lock: true });
      await engine.up(program);
      const open = { deleteEnabled: true, writeEnabled: true };
      await prod.setTagAttributes("1.0", open);
      await prod.setManifestAttributes(index, open);
      await prod.deleteManifest(index);
      await engine.refresh();
      assert.deepEqual((output("drift") as Bag[])[1], missing("manifest-missing", index));
      assert.equal((await engine.up(program)).operations["copy"], "update");
      await assertWhole();
      assert.equal((await prod.attributesOfTag("1.0"))?.writeEnabled, false);
      assert.equal((await prod.attributesOfManifest(index))?.writeEnabled, false);
    });

    it("is repaired without tags too", async () => {
      const program = copy({ tags: [] });
      await engine.up(program);
      await prod.deleteManifest(index);
      const run = await engine.up(program, { refresh: true });
      assert.deepEqual(
        [run.operations["copy"], run.changes["copy"]],
        ["update", ["digest", "reference", "source"]],
      );
      for (const digest of all()) assert.ok(await prod.has(digest), digest);
    });

    it("does not keep destroy from finishing an interrupted removal", async () => {
      await engine.up(copy());
      const fault = emulator.faults.add({
        method: "DELETE",
        path: /\/manifests\//,
        nth: 2,
        times: Infinity,
        action: { type: "status", status: 403 },
      });
      await assert.rejects(engine.destroy());
      fault.remove();
      assert.equal(await prod.has(index), false);
      assert.equal(await prod.has(amd64), true);
      await engine.refresh();
      assert.match(said(), new RegExp(`@${index} is missing`));
      await engine.destroy();
      assert.equal(await prod.repository.attributes.repository(), undefined);
    });

    it("is a conflict if the tag was moved after the refresh", async () => {
      await engine.up(copy());
      await prod.deleteManifest(index);
      const theirs = await prod.publish("theirs", "1.0");
      await engine.up(copy(), { refresh: true });
      assert.equal(await prod.digestOf("1.0"), index, "the refresh showed it");
      await prod.deleteManifest(index);
      await engine.refresh();
      await prod.tag("1.0", theirs);
      await assert.rejects(engine.up(copy()), { message: /\[CONFLICT\]$/ });
      assert.equal(await prod.digestOf("1.0"), theirs);
    });

    it("removes the resource from the state when nothing of the copy is left", async () => {
      await engine.up(copy());
      for (const digest of all()) if (await prod.has(digest)) await prod.deleteManifest(digest);
      await engine.refresh();
      assert.deepEqual(engine.state, []);
    });
  });
});
