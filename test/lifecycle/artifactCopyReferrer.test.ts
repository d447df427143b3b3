import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "mocha";
import { ociLayout } from "pulumi-acr";
import { OCI_MANIFEST } from "pulumi-acr/client";
import { type Emulator } from "pulumi-acr/emulator";
import type { Digest } from "../../provider/oci/digest.js";
import { referrersTag } from "../../provider/registry/referrersDocument.js";
import { ImageLayout } from "../support/imageLayout.js";
import { type Bag, type Declaration, type MiniEngine } from "../support/miniEngine.js";
import { eachWithScene } from "../support/scene.js";
import { Somebody } from "../support/somebody.js";
import { TemporaryFolder } from "../support/temporaryFolder.js";

const SOURCE = "dev/app";
const TARGET = "prod/app";

/** Here clients keep the lists of referrers (distribution-spec, "Referrers Tag Schema"). */
describe("ArtifactCopy of a referrer on a registry without the referrers API", () => {
  let emulator: Emulator;
  let engine: MiniEngine;
  let prod: Somebody;
  let dev: Somebody;
  let app: Digest;
  let signature: Digest;
  let theirs: Digest;

  eachWithScene(TARGET, (scene) => ({ emulator, engine, somebody: prod } = scene), {
    referrersApi: false,
  });
  beforeEach(async () => {
    dev = new Somebody(emulator, SOURCE);
    app = await dev.publish("app");
    signature = await dev.publish("signature", undefined, app);
    await prod.publish("app", "1.0");
    theirs = await prod.publish("theirs", undefined, app);
  });
  afterEach(() => dev.close());

  const copy = (inputs: Bag = {}): Declaration[] => {
    const source = { repository: SOURCE, digest: signature };
    return [
      { name: "copy", kind: "ArtifactCopy", inputs: { source, repository: TARGET, ...inputs } },
    ];
  };
  const output = (name: string): unknown => engine.resource("copy").outputs[name];

  async function listed(): Promise<Set<string>> {
    const found = new Set<string>();
    for await (const { digest } of prod.repository.referrers.list(app)) found.add(digest);
    return found;
  }

  it("is in the referrers list of its subject until it is destroyed", async () => {
    await engine.up(copy());
    assert.equal((output("subject") as Bag)["digest"], app);
    assert.deepEqual(await listed(), new Set([theirs, signature]));
    await engine.destroy();
    assert.equal(await prod.has(signature), false);
    assert.deepEqual(await listed(), new Set([theirs]));
  });

  it("is unlisted and removed even if its state, of version 0.2.0, has no subject", async () => {
    await engine.up(copy({ tags: ["signature"] }));
    engine.state = engine.state.map((one) => {
      const { subject: _subject, ...outputs } = one.outputs;
      return { ...one, outputs };
    });
    await engine.destroy();
    assert.equal(await prod.has(signature), false);
    assert.deepEqual(await listed(), new Set([theirs]));
  });

  it("leaves no empty referrers list behind", async () => {
    await prod.repository.referrers.remove(app, theirs);
    await prod.deleteManifest(theirs);
    await engine.up(copy());
    await engine.destroy();
    assert.equal(await prod.digestOf(referrersTag(app)), undefined);
  });

  it("lists a referrer that existed before", async () => {
    await engine.up(copy());
    engine.state = [];
    await prod.repository.referrers.remove(app, signature);
    await engine.up(copy());
    assert.deepEqual(await listed(), new Set([theirs, signature]));
  });

  it("reports a referrer that is no longer listed as drift, and up repairs it", async () => {
    await engine.up(copy());
    await prod.repository.referrers.remove(app, signature);
    const run = await engine.up(copy(), { refresh: true });
    assert.deepEqual([run.operations["copy"], run.changes["copy"]], ["update", ["source"]]);
    assert.deepEqual(await listed(), new Set([theirs, signature]));
    assert.equal((await engine.refresh()).operations["copy"], "same");
  });

  it("unlists and removes a referrer, as OciArtifact does for an ociLayout", async () => {
    const folder = new TemporaryFolder();
    const layout = new ImageLayout(folder.path);
    const subject = { mediaType: OCI_MANIFEST, digest: app, size: 1 };
    const sbom = layout.image("sbom", { subject });
    layout.list(sbom);
    const content = ociLayout({ path: folder.path }) as unknown as Bag;
    await engine.up([
      { name: "sbom", kind: "OciArtifact", inputs: { repository: TARGET, ...content } },
    ]);
    assert.deepEqual(await listed(), new Set([theirs, sbom.digest]));
    await engine.destroy();
    folder.remove();
    assert.equal(await prod.has(sbom.digest), false);
    assert.deepEqual(await listed(), new Set([theirs]));
  });

  describe("copied together with its subject", () => {
    const whole = (inputs: Bag = {}): Declaration[] =>
      copy({ source: { repository: SOURCE, digest: app }, ...inputs });
    const drift = (): unknown =>
      (output("drift") as Bag[]).map(({ kind, subject, expected }) => [kind, subject, expected]);

    for (const verify of ["included", "blobs"]) {
      it(`is drift if no longer listed, with verify: ${verify}; up repairs it without the source`, async () => {
        await engine.up(whole({ verify }));
        assert.deepEqual(await listed(), new Set([theirs, signature]));
        assert.equal((await engine.refresh()).operations["copy"], "same");
        await prod.repository.referrers.remove(app, signature);
        await engine.refresh();
        const name = `${emulator.loginServer}/${TARGET}@${signature}`;
        assert.deepEqual(drift(), [["referrer-unlisted", name, app]]);
        for (const digest of [signature, app]) await dev.deleteManifest(digest);
        emulator.journal.clear();
        await engine.up(whole({ verify }));
        assert.deepEqual(await listed(), new Set([theirs, signature]));
        assert.equal((await engine.refresh()).operations["copy"], "same");
      });
    }

    it("is not looked up in the list without verify", async () => {
      await engine.up(whole());
      await prod.repository.referrers.remove(app, signature);
      assert.equal((await engine.refresh()).operations["copy"], "same");
    });

    it("is reported as missing, not as unlisted, if it was deleted", async () => {
      await engine.up(whole({ verify: "included" }));
      await prod.repository.referrers.remove(app, signature);
      await prod.deleteManifest(signature);
      await engine.refresh();
      assert.deepEqual(
        (drift() as unknown[][]).map(([kind]) => kind),
        ["manifest-missing"],
      );
      await engine.up(whole({ verify: "included" }));
      assert.deepEqual(await listed(), new Set([theirs, signature]));
    });
  });

  it("reports no drift if the subject is not in the repository", async () => {
    await engine.up(copy({ repository: "alone" }));
    assert.equal((await engine.refresh()).operations["copy"], "same");
    await engine.destroy();
    const alone = new Somebody(emulator, "alone");
    assert.equal(await alone.repository.attributes.repository(), undefined);
    alone.close();
  });
});
