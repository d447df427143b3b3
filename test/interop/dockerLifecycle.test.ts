import assert from "node:assert/strict";
import { after, before, describe } from "mocha";
import { OciArtifact, type OciArtifactArgs, RetentionPolicy } from "pulumi-acr";
import { parseDigest } from "../../provider/registry/index.js";
import { foreignTool } from "../../tools/installed.js";
import { CREDENTIALS, DockerRegistry } from "../support/dockerRegistry.js";
import { EngineStack } from "../support/engine.js";
import { itWith } from "../support/foreignClients.js";
import { Somebody } from "../support/somebody.js";

const REPOSITORY = "team/app";
const MOVING = "latest";

describe("a stack on docker-registry, on the real engine", function () {
  this.timeout(120_000);
  let registry: DockerRegistry | undefined;
  let somebody: Somebody;
  let stack: EngineStack;
  let digest = "";

  before(async () => {
    if (foreignTool("docker-registry").path === undefined) return;
    registry = await DockerRegistry.start();
    somebody = new Somebody({ url: registry.url, credentials: CREDENTIALS }, REPOSITORY);
    const environment = { ACR_LOGIN_SERVER: registry.url, ACR_CREDENTIAL: "anonymous" };
    stack = await EngineStack.create({ environment });
  });
  after(async () => {
    if (registry === undefined) return;
    somebody.close();
    stack.remove();
    await registry.close();
  });

  const step = (title: string, test: () => Promise<void>): void =>
    itWith(["docker-registry"], title, test);

  function declare(version: string, more: Partial<OciArtifactArgs> = {}): void {
    stack.program = () => {
      const artifact = new OciArtifact("app", {
        repository: REPOSITORY,
        artifactType: "application/vnd.example.app",
        layers: [{ content: version, title: "version.txt" }],
        tags: [version, MOVING],
        ...more,
      });
      artifact.digest.apply((value) => (digest = value));
      return Promise.resolve();
    };
  }

  function requests(): string[] {
    const entries = registry?.journal.entries.map(({ method, path }) => `${method} ${path}`) ?? [];
    registry?.journal.clear();
    return entries;
  }

  step("refuses a retention policy at preview because only ACR supports it", async () => {
    stack.program = () => {
      new RetentionPolicy("policy", { repository: REPOSITORY, keepNewest: 3 });
      return Promise.resolve();
    };
    await assert.rejects(stack.preview(), /is not an Azure Container Registry.*\[UNSUPPORTED\]/s);
    requests();
  });

  step("publishes the previewed digest", async () => {
    declare("v1");
    await stack.preview();
    const previewed = digest;
    assert.deepEqual(requests(), []);
    await stack.up();
    assert.equal(digest, previewed);
    assert.equal(await somebody.digestOf("v1"), digest);
    assert.equal(await somebody.digestOf(MOVING), digest);
  });

  step("makes no request when nothing changed, and only reads to refresh", async () => {
    requests();
    await stack.up({ expectNoChanges: true });
    assert.deepEqual(requests(), []);
    await stack.refresh({ expectNoChanges: true });
    // The manifest, then each tag, because this registry does not list a manifest's tags.
    const artifact = requests().filter((request) => request.includes(`/v2/${REPOSITORY}/`));
    assert.deepEqual(artifact, [
      `HEAD /v2/${REPOSITORY}/manifests/${digest}`,
      `HEAD /v2/${REPOSITORY}/manifests/v1`,
      `HEAD /v2/${REPOSITORY}/manifests/${MOVING}`,
    ]);
  });

  step("reports a tag that was moved and moves it back", async () => {
    const first = digest;
    const foreign = await somebody.publish("somebody's", MOVING);
    const { diagnostics } = await stack.refresh();
    assert.match(diagnostics.join("\n"), new RegExp(`${MOVING}[^]*${foreign}`));
    await stack.up();
    assert.equal(await somebody.digestOf(MOVING), first);
    assert.ok(await somebody.has(foreign));
    await stack.up({ expectNoChanges: true });
  });

  step("refuses a lock and says why", async () => {
    declare("v1", { lock: true });
    await assert.rejects(stack.up(), (error: Error) => {
      assert.match(error.message, /UNSUPPORTED/);
      assert.match(error.message, /127\.0\.0\.1:\d+ is not an Azure Container Registry/);
      return true;
    });
    declare("v1");
    await stack.up();
  });

  step("refuses a lock on new content before it publishes anything", async () => {
    const before = digest;
    declare("unlockable", { lock: true });
    requests();
    await assert.rejects(stack.up(), /\[UNSUPPORTED\]/);
    assert.deepEqual(
      requests().filter((request) => /^(?:POST|PUT|PATCH|DELETE) \/v2\//.test(request)),
      [],
    );
    assert.equal(await somebody.digestOf("unlockable"), undefined);
    declare("v1");
    await stack.up({ expectNoChanges: true });
    assert.equal(digest, before);
  });

  step("publishes a new version beside the old one", async () => {
    const old = digest;
    declare("v2");
    await stack.up();
    assert.notEqual(digest, old);
    assert.deepEqual(
      [
        await somebody.digestOf("v1"),
        await somebody.digestOf("v2"),
        await somebody.digestOf(MOVING),
      ],
      [old, digest, digest],
    );
  });

  step("keeps a manifest that a foreign tag names, with a warning", async () => {
    await somebody.tag("theirs", digest);
    const { diagnostics } = await stack.destroy();
    assert.match(diagnostics.join("\n"), /stays: another tag names it: theirs/);
    assert.equal(await somebody.digestOf("theirs"), digest);
    await somebody.repository.manifests.delete(parseDigest(digest));
  });

  step("deletes its own manifest by digest", async () => {
    declare("v3");
    await stack.up();
    requests();
    await stack.destroy();
    const deletes = requests().filter((request) => request.startsWith("DELETE"));
    assert.deepEqual(deletes, [`DELETE /v2/${REPOSITORY}/manifests/${digest}`]);
    assert.equal(await somebody.has(digest), false);
    assert.equal(await somebody.digestOf("v3"), undefined);
  });
});
