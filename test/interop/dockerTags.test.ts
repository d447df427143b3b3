import assert from "node:assert/strict";
import { after, before, describe } from "mocha";
import { foreignTool } from "../../tools/installed.js";
import { CREDENTIALS, DockerRegistry } from "../support/dockerRegistry.js";
import { itWith } from "../support/foreignClients.js";
import { type Declaration, MiniEngine } from "../support/miniEngine.js";
import { Somebody } from "../support/somebody.js";

const REPOSITORY = "team/app";

/** ArtifactTag and OciIndex where tags cannot be removed alone and manifests cannot be listed. */
describe("tags and indexes on docker-registry", function () {
  this.timeout(60_000);
  let registry: DockerRegistry | undefined;
  let somebody: Somebody;
  let engine: MiniEngine;

  before(async () => {
    if (foreignTool("docker-registry").path === undefined) return;
    registry = await DockerRegistry.start();
    somebody = new Somebody({ url: registry.url, credentials: CREDENTIALS }, REPOSITORY);
    const environment = { ACR_LOGIN_SERVER: registry.url, ACR_CREDENTIAL: "anonymous" };
    engine = new MiniEngine({ environment });
  });
  after(async () => {
    if (registry === undefined) return;
    somebody.close();
    await registry.close();
  });

  const said = (): string => engine.messages.map(({ text }) => text).join("\n");
  const tag = (digest: string): Declaration => ({
    name: "stable",
    kind: "ArtifactTag",
    inputs: { repository: REPOSITORY, tag: "stable", digest },
  });
  const artifact: Declaration = {
    name: "app",
    kind: "OciArtifact",
    inputs: {
      repository: REPOSITORY,
      artifactType: "application/vnd.example",
      layers: [{ content: "ours" }],
    },
  };

  itWith(["docker-registry"], "put, move and repair a tag, and keep it at destroy", async () => {
    const one = await somebody.publish("one");
    const two = await somebody.publish("two");
    const three = await somebody.publish("three");
    await engine.up([tag(one)]);
    await engine.up([tag(two)]);
    assert.equal(await somebody.digestOf("stable"), two);
    await somebody.tag("stable", three);
    await engine.refresh();
    const { id, outputs } = engine.resource("stable");
    const drift = { kind: "tag-moved", subject: id, expected: two, actual: three };
    assert.deepEqual(outputs["drift"], [drift]);
    await engine.up([tag(two)]);
    await engine.destroy();
    assert.equal(await somebody.digestOf("stable"), two);
    assert.match(said(), /stable stays: this registry cannot remove a tag alone/);
  });

  itWith(["docker-registry"], "keep a manifest that an untagged index names", async () => {
    await engine.up([artifact]);
    const { mediaType, digest, size } = engine.resource("app").outputs;
    const index: Declaration = {
      name: "index",
      kind: "OciIndex",
      inputs: { repository: REPOSITORY, manifests: [{ mediaType, digest, size }] },
    };
    await engine.up([artifact, index]);
    const own = String(engine.resource("index").outputs["digest"]);
    await engine.up([index]);
    assert.ok(await somebody.has(String(digest)));
    assert.match(said(), /stays: urn:pulumi:.*OciIndex::index names it/);
    await engine.destroy();
    assert.equal(await somebody.has(own), false);
  });
});
