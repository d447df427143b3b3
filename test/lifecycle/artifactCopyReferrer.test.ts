import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "mocha";
import { type Emulator } from "pulumi-acr/emulator";
import type { Digest } from "../../provider/oci/digest.js";
import { referrersTag } from "../../provider/registry/referrersDocument.js";
import { type Bag, type Declaration, type MiniEngine } from "../support/miniEngine.js";
import { eachWithScene } from "../support/scene.js";
import { Somebody } from "../support/somebody.js";

const SOURCE = "dev/app";
const TARGET = "prod/app";

/** Where no registry lists referrers, and clients keep the lists (distribution-spec, "Referrers Tag Schema"). */
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

  it("stands in the list of its subject while it is there, and no longer", async () => {
    await engine.up(copy());
    assert.equal((output("subject") as Bag)["digest"], app);
    assert.deepEqual(await listed(), new Set([theirs, signature]));
    await engine.destroy();
    assert.equal(await prod.has(signature), false);
    assert.deepEqual(await listed(), new Set([theirs]));
  });

  it("leaves no list behind that names nothing", async () => {
    await prod.repository.referrers.remove(app, theirs);
    await prod.deleteManifest(theirs);
    await engine.up(copy());
    await engine.destroy();
    assert.equal(await prod.digestOf(referrersTag(app)), undefined);
  });

  it("that was there already is listed, too", async () => {
    await engine.up(copy());
    engine.state = [];
    await prod.repository.referrers.remove(app, signature);
    await engine.up(copy());
    assert.deepEqual(await listed(), new Set([theirs, signature]));
  });

  it("that is not listed any more is a drift, which up repairs", async () => {
    await engine.up(copy());
    await prod.repository.referrers.remove(app, signature);
    const run = await engine.up(copy(), { refresh: true });
    assert.deepEqual([run.operations["copy"], run.changes["copy"]], ["update", ["source"]]);
    assert.deepEqual(await listed(), new Set([theirs, signature]));
    assert.equal((await engine.refresh()).operations["copy"], "same");
  });

  it("whose subject is not in the repository is no drift", async () => {
    await engine.up(copy({ repository: "alone" }));
    assert.equal((await engine.refresh()).operations["copy"], "same");
    await engine.destroy();
    const alone = new Somebody(emulator, "alone");
    assert.equal(await alone.repository.attributes.repository(), undefined);
    alone.close();
  });
});
