import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { after, before, describe, it } from "mocha";
import { ArtifactTag, OciArtifact, OciIndex, RepositoryProperties } from "pulumi-acr";
import { type Emulator, startEmulator } from "pulumi-acr/emulator";
import { EngineStack, environmentFor } from "../support/engine.js";
import { requestsTo, writesTo } from "../support/requests.js";
import { Somebody } from "../support/somebody.js";

const REPOSITORY = "team/app";

/** A release of two artifacts, an index and a channel, in a repository that nobody may delete. */
describe("a release on the real engine", function () {
  this.timeout(120_000);
  let emulator: Emulator;
  let somebody: Somebody;
  let stack: EngineStack;
  let text = "one";
  /** The digest that the channel names; absent for the index of the stack. */
  let pinned: string | undefined;
  /** Digests of each run; of previews, those that they know. */
  const seen: { index: string; stable: string }[] = [];
  let drift: unknown;

  before(async () => {
    emulator = await startEmulator();
    somebody = new Somebody(emulator, REPOSITORY);
    stack = await EngineStack.create({ environment: environmentFor(emulator) });
    stack.program = release;
  });
  after(async () => {
    stack.remove();
    somebody.close();
    await emulator.close();
  });

  function release(): Promise<object> {
    const build = (architecture: string): OciArtifact =>
      new OciArtifact(architecture, {
        repository: REPOSITORY,
        artifactType: "application/vnd.example",
        layers: [{ content: `${text} for ${architecture}` }],
      });
    const manifests = ["amd64", "arm64"].map((architecture) =>
      build(architecture).descriptor.apply((descriptor) => ({
        ...descriptor,
        platform: { os: "linux", architecture },
      })),
    );
    const index = new OciIndex("index", { repository: REPOSITORY, manifests });
    const stable = new ArtifactTag("stable", {
      repository: index.repository,
      tag: "stable",
      digest: pinned ?? index.digest,
    });
    const kept = { repository: stable.repository, deleteEnabled: false };
    new RepositoryProperties("kept", kept, { dependsOn: stable });
    pulumi
      .output({ index: index.digest, stable: stable.digest })
      .apply((values) => seen.push(values));
    stable.drift.apply((found) => (drift = found));
    return Promise.resolve({});
  }
  const stable = (): Promise<string | undefined> => somebody.digestOf("stable");
  const kept = async (): Promise<boolean | undefined> =>
    (await somebody.repository.attributes.repository())?.attributes.deleteEnabled;
  const unchanged = async (): Promise<void> => {
    emulator.journal.clear();
    await stack.up({ expectNoChanges: true });
    assert.deepEqual(requestsTo(emulator), []);
  };

  it("shows at preview what it publishes, without a request", async () => {
    await stack.preview();
    assert.deepEqual(requestsTo(emulator), []);
    await stack.up();
    const [preview, up] = seen;
    assert.deepEqual(preview, up);
    assert.deepEqual([await stable(), up?.stable], [up?.index, up?.index]);
    assert.equal(await kept(), false);
    await unchanged();
  });

  it("reports what somebody changed and repairs it", async () => {
    const index = await stable();
    const theirs = await somebody.publish("theirs");
    await somebody.tag("stable", theirs);
    await somebody.repository.attributes.updateRepository({ deleteEnabled: true });
    const preview = await stack.preview({ refresh: true });
    assert.match(preview.output, new RegExp(`stable was moved since .*: it names ${theirs}`));
    assert.match(preview.output, /team\/app has deleteEnabled=true; declared: deleteEnabled=false/);
    await stack.up({ refresh: true });
    assert.deepEqual([await stable(), await kept()], [index, false]);
    await unchanged();
  });

  it("creates a channel again that somebody deleted", async () => {
    const index = await stable();
    await somebody.untag("stable");
    const run = await stack.up({ refresh: true });
    assert.match(run.output, /stable was deleted; declared: sha256:/);
    assert.equal(await stable(), index);
    await unchanged();
  });

  it("moves the channel in place when the content changes", async () => {
    const old = String(await stable());
    text = "two";
    const { operations } = await stack.up();
    assert.deepEqual(operations.get("stable"), ["update"]);
    assert.ok(operations.get("index")?.includes("create-replacement"));
    assert.notEqual(await stable(), old);
    assert.ok(await somebody.has(old), "retained");
    await unchanged();
  });

  it("accepts a moved channel without a write once that is declared", async () => {
    const theirs = await somebody.publish("a hotfix");
    await somebody.tag("stable", theirs);
    await stack.refresh();
    pinned = theirs;
    emulator.journal.clear();
    await stack.up();
    assert.deepEqual(writesTo(emulator), []);
    assert.deepEqual(drift, []);
    await unchanged();
  });

  it("can be read by id, and wrong ids are refused", async () => {
    const base = `${emulator.loginServer}/${REPOSITORY}`;
    const program = stack.program;
    const index = String(seen.at(-1)?.index);
    const found: unknown[] = [];
    stack.program = () => {
      const got = {
        tag: ArtifactTag.get("got tag", `${base}:stable`).digest,
        manifests: OciIndex.get("got index", `${base}@${index}`).manifests,
        deleteEnabled: RepositoryProperties.get("got repository", base).deleteEnabled,
      };
      pulumi.output(got).apply(({ tag, manifests, deleteEnabled }) => {
        const platforms = manifests.map(({ platform }) => platform?.architecture);
        found.push({ tag, platforms, deleteEnabled });
      });
      return Promise.resolve({});
    };
    await stack.preview();
    const expected = { tag: await stable(), platforms: ["amd64", "arm64"], deleteEnabled: false };
    assert.deepEqual(found, [expected]);
    const rows: [() => void, RegExp][] = [
      [() => ArtifactTag.get("one", `${base}:none`), /ArtifactTag\.get: .*:none does not exist/],
      [
        () => OciIndex.get("one", `${base}@${pinned}`),
        /OciIndex\.get: .* is a manifest of another kind: application\/vnd\.oci\.image\.manifest/,
      ],
      [() => RepositoryProperties.get("one", "app"), /expected "<login server>\/<repository>"/],
    ];
    for (const [get, message] of rows) {
      stack.program = () => {
        get();
        return Promise.resolve();
      };
      await assert.rejects(stack.preview(), message);
    }
    stack.program = program;
  });

  it("removes only its own parts, the repository's attribute first", async () => {
    const { index } = seen.at(-1) ?? {};
    await stack.destroy();
    assert.equal(await stable(), undefined);
    assert.equal(await somebody.has(String(index)), false);
    assert.equal(await kept(), true);
    assert.ok(await somebody.has(String(pinned)), "somebody's");
  });
});
