import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { ManifestProperties, OciArtifact, TagLock } from "pulumi-acr";
import { type Emulator, startEmulator } from "pulumi-acr/emulator";
import { EngineStack, environmentFor } from "../support/engine.js";
import { MiniEngine, type Program } from "../support/miniEngine.js";
import { Somebody } from "../support/somebody.js";

/** The login server of a registry in the same stack is unknown until it is created. */
describe("a login server that is not known at preview", function () {
  this.timeout(60_000);
  let emulator: Emulator;
  let somebody: Somebody;
  let stack: EngineStack;
  const known: string[] = [];

  before(async () => {
    emulator = await startEmulator();
    somebody = new Somebody(emulator, "team/app");
    const { ACR_LOGIN_SERVER: _, ...credentials } = environmentFor(emulator);
    stack = await EngineStack.create({ environment: credentials });
    stack.program = () => {
      const artifactType = "application/vnd.example";
      const registry = { loginServer: emulator.url };
      const first = new OciArtifact("first", { repository: "other", artifactType, registry });
      // An output that is known only after a create represents one of the registry.
      const loginServer = first.tagDigests.apply(() => emulator.url);
      const later = { repository: "team/app", registry: { loginServer } };
      const layers = [{ content: "text", title: "text" }];
      const app = new OciArtifact("app", { ...later, artifactType, layers, tags: ["v1"] });
      app.digest.apply((digest) => known.push(digest));
      new TagLock("lock", { ...later, tag: "v1" }, { dependsOn: app });
      new ManifestProperties(
        "properties",
        { ...later, digest: app.digest, listEnabled: false },
        { dependsOn: app },
      );
      return Promise.resolve({});
    };
  });
  after(async () => {
    stack.remove();
    somebody.close();
    await emulator.close();
  });

  it("does not hide digest, size and layers, and causes no request", async () => {
    const { output } = await stack.preview();
    assert.match(output, /digest +: "sha256:\w{64}"/);
    assert.match(output, /layerDescriptors *: \[/);
    assert.match(output, /loginServer: \[unknown\]/);
    assert.match(output, /reference +: \[unknown\]/);
    assert.deepEqual(emulator.journal.entries, []);
  });

  it("does not change the digest that up publishes", async () => {
    known.length = 0;
    await stack.preview();
    const [shown] = known;
    await stack.up();
    const digest = await somebody.digestOf("v1");
    assert.ok(digest);
    assert.equal(digest, shown);
    assert.equal((await somebody.attributesOfTag("v1"))?.writeEnabled, false);
    assert.equal((await somebody.attributesOfManifest(digest))?.listEnabled, false);
    await stack.up({ expectNoChanges: true });
    await stack.destroy();
    assert.equal(await somebody.has(digest), false);
  });
});

describe("waitForAccess", () => {
  const program = (waitForAccess: number): Program => [
    {
      name: "app",
      kind: "OciArtifact",
      inputs: { repository: "team/app", artifactType: "a/b", registry: { waitForAccess } },
    },
  ];
  const refusals = { "no credential yet": 401, "no role yet": 403 };
  for (const [name, status] of Object.entries(refusals)) {
    for (const wait of [30, 0]) {
      it(`of ${wait} seconds: ${name} is ${wait === 0 ? "an error at once" : "waited out"}`, async () => {
        const emulator = await startEmulator();
        const manners = { retry: { maxRetries: 0, baseDelayMs: 5 } };
        const engine = new MiniEngine({ environment: environmentFor(emulator), manners });
        emulator.faults.add({
          path: /^\/(?:v2|oauth2)\//,
          times: 4,
          action: { type: "status", status },
        });
        const up = engine.up(program(wait));
        if (wait === 0) await assert.rejects(up, /failed/);
        else await up;
        assert.equal(engine.state.length, wait === 0 ? 0 : 1);
        await emulator.close();
      });
    }
  }
});
