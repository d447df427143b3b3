import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { OciArtifact, OciIndex } from "pulumi-acr";
import { type Emulator, startEmulator } from "pulumi-acr/emulator";
import { EngineStack, environmentFor } from "../support/engine.js";
import { Somebody } from "../support/somebody.js";

const repository = "team/app";

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** The engine runs independent resources in parallel, even a subject and its referrer. */
describe("referrers without the referrers API on the real engine", function () {
  this.timeout(120_000);
  let emulator: Emulator;
  let somebody: Somebody;
  let stack: EngineStack;

  before(async () => {
    emulator = await startEmulator({ referrersApi: false });
    somebody = new Somebody(emulator, repository);
    stack = await EngineStack.create({ environment: environmentFor(emulator) });
  });
  after(async () => {
    stack.remove();
    somebody.close();
    await emulator.close();
  });

  const app = (text: string): OciArtifact =>
    new OciArtifact("app", {
      repository,
      artifactType: "application/vnd.example",
      layers: [{ content: text }],
      tags: ["v1"],
      onReplace: "delete",
    });
  const referrer = (name: string, subject: Descriptor | OciArtifact): OciArtifact =>
    new OciArtifact(name, {
      repository,
      artifactType: `application/vnd.example.${name}`,
      layers: [{ content: name }],
      subject,
      onReplace: "delete",
    });

  async function descriptorOf(text: string): Promise<Descriptor> {
    let found: Descriptor | undefined;
    stack.program = () => {
      app(text).descriptor.apply((descriptor) => (found = descriptor));
      return Promise.resolve();
    };
    await stack.preview();
    if (found === undefined) throw new Error("a digest is known at preview");
    return found;
  }

  async function listed(digest: string): Promise<Set<string | undefined>> {
    const types = new Set<string | undefined>();
    for await (const { artifactType } of somebody.repository.referrers.list(digest)) {
      types.add(artifactType);
    }
    return types;
  }

  /** The resources are connected only by the text of a digest. */
  async function declare(text: string): Promise<Descriptor> {
    const subject = await descriptorOf(text);
    stack.program = () => {
      app(text);
      referrer("sbom", subject);
      referrer("signature", subject);
      return Promise.resolve();
    };
    return subject;
  }

  it("are listed, replaced and destroyed with their subject without depending on it", async () => {
    const first = await declare("1");
    await stack.up();
    const types = ["sbom", "signature"].map((name) => `application/vnd.example.${name}`);
    assert.deepEqual(await listed(first.digest), new Set(types));
    const { operations } = await stack.refresh();
    assert.deepEqual([...new Set([...operations.values()].flat())], ["refresh"]);
    const second = await declare("2");
    await stack.up();
    assert.deepEqual(await listed(second.digest), new Set(types));
    assert.deepEqual(await listed(first.digest), new Set());
    assert.equal(await somebody.has(first.digest), false);
    const { output } = await stack.destroy();
    assert.equal(await somebody.repository.attributes.repository(), undefined);
    assert.doesNotMatch(output, /undefined/);
    // In any order: what is removed in the same run is never reported to stay.
    assert.doesNotMatch(output, /stays/);
  });

  it("accept a resource as their subject and know its digest at preview, as indexes do", async () => {
    const found: Record<string, string> = {};
    stack.program = () => {
      const subject = app("3");
      const index = new OciIndex("index", { repository, manifests: [subject.descriptor], subject });
      referrer("sbom", subject).digest.apply((digest) => (found["sbom"] = digest));
      index.digest.apply((digest) => (found["index"] = digest));
      return Promise.resolve();
    };
    await stack.preview();
    const previewed = { ...found };
    assert.deepEqual(Object.keys(previewed).sort(), ["index", "sbom"]);
    await stack.up();
    assert.deepEqual(found, previewed);
    for (const digest of Object.values(found)) assert.equal(await somebody.has(digest), true);
    await stack.destroy();
    assert.equal(await somebody.repository.attributes.repository(), undefined);
  });
});
