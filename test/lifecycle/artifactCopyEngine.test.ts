import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { ArtifactCopy, OciArtifact } from "pulumi-acr";
import { type Emulator, startEmulator } from "pulumi-acr/emulator";
import { EngineStack, environmentFor } from "../support/engine.js";
import { requestsTo } from "../support/requests.js";
import { Somebody } from "../support/somebody.js";

const SOURCE = "dev/web";
const TARGET = "prod/web";
const CANARY = "canary-5b0e21";

/** One stack publishes to development, promotes to production and copies from elsewhere. */
describe("a promotion on the real engine", function () {
  this.timeout(180_000);
  let emulator: Emulator;
  let upstream: Emulator;
  let prod: Somebody;
  let theirs: Somebody;
  let stack: EngineStack;
  let text = "one";
  /** Digests of each run; of previews, those that they know. */
  const seen: (string | undefined)[] = [];

  before(async () => {
    emulator = await startEmulator();
    upstream = await startEmulator({ username: "reader", password: CANARY });
    prod = new Somebody(emulator, TARGET);
    theirs = new Somebody(upstream, "library/base");
    await theirs.publish("base", "3");
    stack = await EngineStack.create({ environment: environmentFor(emulator) });
    stack.program = promotion;
  });
  after(async () => {
    stack.remove();
    for (const one of [prod, theirs]) one.close();
    for (const one of [emulator, upstream]) await one.close();
  });

  function promotion(): Promise<object> {
    const artifactType = "application/vnd.example";
    const web = new OciArtifact("web", {
      repository: SOURCE,
      artifactType,
      layers: [{ content: text }],
    });
    new OciArtifact("sbom", {
      repository: SOURCE,
      artifactType: "application/spdx+json",
      layers: [{ content: "{}" }],
      subject: web.descriptor,
    });
    const copy = new ArtifactCopy("promoted", {
      source: { repository: web.repository, digest: web.digest },
      repository: TARGET,
      tags: ["stable"],
    });
    const registry = { loginServer: upstream.url, username: "reader", password: CANARY };
    new ArtifactCopy("base", {
      source: { repository: "library/base", tag: "3", registry },
      repository: "mirror/base",
      tags: ["3"],
    });
    copy.digest.apply((digest) => seen.push(digest));
    return Promise.resolve({});
  }

  it("shows its digest at preview before the source is published", async () => {
    await stack.preview();
    await stack.up();
    const [preview, up] = seen;
    assert.equal(preview, up);
    assert.equal(await prod.digestOf("stable"), up);
    emulator.journal.clear();
    upstream.journal.clear();
    await stack.up({ expectNoChanges: true });
    assert.deepEqual([requestsTo(emulator), requestsTo(upstream)], [[], ["HEAD tag 3"]]);
  });

  it("keeps the password of the source encrypted in the state", async () => {
    assert.doesNotMatch(await stack.exportState(), new RegExp(CANARY));
  });

  it("moves back a tag that somebody moved after a refresh has shown it", async () => {
    const digest = seen.at(-1);
    await prod.tag("stable", await prod.publish("theirs"));
    const run = await stack.up({ refresh: true });
    assert.match(run.output, /prod\/web:stable was moved/);
    assert.equal(await prod.digestOf("stable"), digest);
    await stack.up({ expectNoChanges: true });
  });

  it("moves the tag to the next version", async () => {
    const old = seen.at(-1);
    text = "two";
    const { operations } = await stack.up();
    assert.ok(operations.get("promoted")?.includes("create-replacement"));
    assert.notEqual(seen.at(-1), old);
    assert.equal(await prod.digestOf("stable"), seen.at(-1));
  });

  it("copies again when a tag of another registry has moved", async () => {
    const digest = await theirs.publish("base, patched", "3");
    const { operations } = await stack.up();
    assert.ok(operations.get("base")?.includes("create-replacement"));
    const mirror = new Somebody(emulator, "mirror/base");
    assert.equal(await mirror.digestOf("3"), digest);
    mirror.close();
  });

  it("accepts a resource of another registry as its source and knows its digest at preview", async () => {
    const found: (string | undefined)[] = [];
    const registry = { loginServer: upstream.url, username: "reader", password: CANARY };
    stack.program = () => {
      const layers = [{ content: "own" }];
      const own = {
        repository: "own/web",
        artifactType: "application/vnd.example",
        layers,
        registry,
      };
      const source = new OciArtifact("own", own);
      const copy = new ArtifactCopy("own-copy", { source, repository: TARGET, tags: ["own"] });
      copy.digest.apply((digest) => found.push(digest));
      return promotion();
    };
    await stack.preview();
    await stack.up();
    const [previewed] = found;
    assert.equal(await prod.digestOf("own"), previewed);
    await stack.up({ expectNoChanges: true });
    assert.doesNotMatch(await stack.exportState(), new RegExp(CANARY));
    stack.program = promotion;
    await stack.up();
    assert.equal(await prod.digestOf("own"), undefined);
  });

  it("removes the copies at destroy and keeps the source", async () => {
    const digest = String(seen.at(-1));
    await stack.destroy();
    assert.equal(await prod.digestOf("stable"), undefined);
    assert.equal(await prod.has(digest), false);
    assert.ok(await theirs.digestOf("3"), "the source");
  });
});
