import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { ManifestProperties, OciArtifact, TagLock } from "pulumi-acr";
import { type Emulator, startEmulator } from "pulumi-acr/emulator";
import type { Drift } from "../../provider/artifact/foundDrift.js";
import { parseDigest } from "../../provider/oci/digest.js";
import { EngineStack, environmentFor } from "../support/engine.js";
import { writesTo } from "../support/requests.js";
import { Somebody } from "../support/somebody.js";

/**
 * One stack on the real engine, in which somebody changes something of each kind: what the engine
 * prints, what it repairs, and that it is quiet afterwards. The table of drift is in `drift.test`.
 */
describe("drift on the real engine", function () {
  this.timeout(120_000);
  let emulator: Emulator;
  let somebody: Somebody;
  let stack: EngineStack;
  let theirs: string;

  before(async () => {
    emulator = await startEmulator();
    somebody = new Somebody(emulator, "team/app");
    theirs = await somebody.publish("theirs", "theirs");
    stack = await EngineStack.create({ environment: environmentFor(emulator) });
    stack.program = () => {
      const repository = "team/app";
      const common = { repository, artifactType: "application/vnd.example" };
      const layers = [{ content: "text", title: "text" }];
      new OciArtifact("moved", { ...common, layers, tags: ["moved"] });
      new OciArtifact("deleted", { ...common, annotations: { a: "1" }, layers, tags: ["deleted"] });
      new OciArtifact("unlocked", {
        ...{ ...common, annotations: { a: "2" }, layers },
        ...{ tags: ["unlocked"], lock: true },
      });
      new OciArtifact("broken", {
        ...{ ...common, layers: [{ content: "only here" }], verify: "blobs" },
        tags: ["broken"],
      });
      new OciArtifact("gone", { ...common, annotations: { a: "3" }, tags: ["gone"] });
      new TagLock("lock", { repository, tag: "theirs" });
      new ManifestProperties("properties", { repository, digest: theirs, listEnabled: false });
      return Promise.resolve({});
    };
  });
  after(async () => {
    stack.remove();
    somebody.close();
    await emulator.close();
  });

  const outputsOf = async (name: string): Promise<Outputs> => {
    const { deployment } = JSON.parse(await stack.exportState()) as Export;
    const found = deployment.resources.find(({ urn }) => urn.endsWith(`::${name}`));
    assert.ok(found?.outputs, name);
    return found.outputs;
  };
  const NAMES = ["moved", "deleted", "unlocked", "broken", "lock", "properties"];

  it("is not reported after the first up", async () => {
    await stack.up();
    await stack.preview({ refresh: true, expectNoChanges: true });
  });

  it("is shown by preview --refresh in each resource's row and in the diff", async () => {
    const base = `${emulator.loginServer}/team/app`;
    const digests = new Map<string, string>();
    for (const name of [...NAMES, "gone"]) digests.set(name, (await outputsOf(name)).digest ?? "");
    const layer = (await outputsOf("broken")).layerDescriptors?.[0]?.digest ?? "";
    await somebody.tag("moved", theirs);
    await somebody.untag("deleted");
    await somebody.setTagAttributes("unlocked", { writeEnabled: true });
    await somebody.repository.blobs.delete(parseDigest(layer));
    await somebody.deleteManifest(String(digests.get("gone")));
    await somebody.setTagAttributes("theirs", { deleteEnabled: true });
    await somebody.setManifestAttributes(theirs, { listEnabled: true });

    emulator.journal.clear();
    const run = await stack.preview({ refresh: true });
    assert.deepEqual(writesTo(emulator), []);
    const said: Record<string, string> = {
      moved: `${base}:moved was moved since 2\\S+Z: it names ${theirs}; declared: ${digests.get("moved")}`,
      deleted: `${base}:deleted was deleted; declared: ${digests.get("deleted")}`,
      unlocked: `${base}:unlocked has deleteEnabled=false, writeEnabled=true; declared: deleteEnabled=false, writeEnabled=false`,
      broken: `${base}@${layer} is missing: the artifact cannot be pulled`,
      lock: `${base}:theirs has deleteEnabled=true, writeEnabled=false; declared: `,
      properties: `${base}@${theirs} has listEnabled=true; declared: listEnabled=false`,
    };
    for (const [name, text] of Object.entries(said)) {
      const found = run.diagnostics.filter((line) => new RegExp(text).test(line));
      assert.equal(found.length, 1, `${name}: ${run.diagnostics.join("\n")}`);
      assert.match(run.operations.get(name)?.join(" ") ?? "", /update/, name);
    }
    assert.match(run.operations.get("gone")?.join(" ") ?? "", /create/);
    assert.doesNotMatch(run.output, /undefined/);
    // The engine's own diff, for users who do not read warnings.
    assert.match(run.output, /\+ \[0\]: "moved"/);
    assert.match(run.output, /~ writeEnabled: true => false/);
    assert.match(run.output, /~ listEnabled: true => false/);
    assert.match(run.output, /kind +: "tag-moved"/);
  });

  it("is kept in the state by refresh, with subject, expected, actual and since", async () => {
    await stack.refresh();
    const kinds: Record<string, string> = {
      moved: "tag-moved",
      deleted: "tag-deleted",
      unlocked: "attributes-changed",
      broken: "blob-missing",
      lock: "attributes-changed",
      properties: "attributes-changed",
    };
    for (const [name, kind] of Object.entries(kinds)) {
      const { drift = [] } = await outputsOf(name);
      assert.deepEqual(
        drift.map((one) => one.kind),
        [kind],
        name,
      );
      const [first] = drift;
      assert.ok(first && first.subject !== "" && first.expected !== first.actual);
      assert.equal(first.since !== undefined, kind === "tag-moved");
    }
  });

  it("is repaired by up --refresh and not reported afterwards", async () => {
    emulator.journal.clear();
    await stack.up({ refresh: true });
    assert.deepEqual(writesTo(emulator).sort(), [
      "PATCH manifest properties",
      "PATCH tag properties theirs",
      "PATCH tag properties unlocked",
      "POST whole blob",
      "POST whole blob",
      "PUT manifest",
      "PUT tag deleted",
      "PUT tag gone",
      "PUT tag moved",
    ]);
    const quiet = await stack.preview({ refresh: true, expectNoChanges: true });
    assert.doesNotMatch(quiet.output, /warning|declared:/);
  });
});

interface Outputs {
  readonly digest?: string;
  readonly drift?: readonly Drift[];
  readonly layerDescriptors?: readonly { readonly digest: string }[];
}

interface Export {
  readonly deployment: {
    readonly resources: readonly { readonly urn: string; readonly outputs?: Outputs }[];
  };
}
