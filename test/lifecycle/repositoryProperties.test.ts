import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import { type Emulator } from "pulumi-acr/emulator";
import type { Attributes } from "../../provider/registry/attributes.js";
import { OPEN } from "../support/attributes.js";
import { type Bag, type Declaration, type MiniEngine } from "../support/miniEngine.js";
import { requestsTo, writesTo } from "../support/requests.js";
import { eachWithScene } from "../support/scene.js";
import { Somebody } from "../support/somebody.js";

const REPOSITORY = "team/app";
const WRITE = `PATCH /acr/v1/${REPOSITORY}`;

describe("RepositoryProperties", () => {
  let emulator: Emulator;
  let somebody: Somebody;
  let engine: MiniEngine;

  eachWithScene(REPOSITORY, (scene) => ({ emulator, somebody, engine } = scene));
  beforeEach(async () => {
    await somebody.publish("text", "v1");
    emulator.journal.clear();
  });

  const properties = (inputs: Bag, name = "properties"): Declaration => ({
    name,
    kind: "RepositoryProperties",
    inputs: { repository: REPOSITORY, ...inputs },
  });
  const live = async (): Promise<Attributes | undefined> =>
    (await somebody.repository.attributes.repository())?.attributes;
  const set = (attributes: Partial<Attributes>): Promise<Attributes> =>
    somebody.repository.attributes.updateRepository(attributes);

  it("sets the declared attributes once, under the repository's name as id", async () => {
    const program = [properties({ deleteEnabled: false })];
    await engine.preview(program);
    assert.deepEqual(requestsTo(emulator), []);
    await engine.up(program);
    assert.deepEqual(writesTo(emulator), [WRITE]);
    assert.deepEqual(await live(), { ...OPEN, deleteEnabled: false });
    assert.equal(engine.resource("properties").id, `${emulator.loginServer}/${REPOSITORY}`);
    emulator.journal.clear();
    assert.deepEqual((await engine.up(program)).operations, { properties: "same" });
    assert.deepEqual(requestsTo(emulator), []);
  });

  it("restores former values at destroy if the live values are still ours", async () => {
    await set({ readEnabled: false });
    await engine.up([properties({ readEnabled: true, listEnabled: false, deleteEnabled: false })]);
    await set({ listEnabled: true, writeEnabled: false });
    await engine.destroy();
    assert.deepEqual(await live(), { ...OPEN, readEnabled: false, writeEnabled: false });
  });

  it("updates in place and restores attributes that are no longer declared", async () => {
    await engine.up([properties({ deleteEnabled: false, listEnabled: false })]);
    const run = await engine.up([properties({ deleteEnabled: true, writeEnabled: false })]);
    assert.deepEqual(run.operations, { properties: "update" });
    assert.deepEqual(await live(), { ...OPEN, writeEnabled: false });
    await engine.destroy();
    assert.deepEqual(await live(), OPEN);
  });

  it("is replaced when the repository changes", async () => {
    const other = new Somebody(emulator, "team/other");
    await other.publish("text");
    await engine.up([properties({ deleteEnabled: false })]);
    const next = [properties({ repository: "team/other", deleteEnabled: false })];
    assert.deepEqual((await engine.up(next)).operations, { properties: "replace" });
    assert.deepEqual(await live(), OPEN);
    const changed = (await other.repository.attributes.repository())?.attributes;
    assert.deepEqual(changed, { ...OPEN, deleteEnabled: false });
    other.close();
  });

  it("restores shared attributes only when no resource declares them", async () => {
    const both = [
      properties({ deleteEnabled: false }, "one"),
      properties({ deleteEnabled: false, listEnabled: false }, "two"),
    ];
    await engine.up(both);
    await engine.up(both.slice(0, 1));
    assert.deepEqual(await live(), { ...OPEN, deleteEnabled: false });
    await engine.up([]);
    assert.deepEqual(await live(), OPEN);
  });

  it("reports drift, which up repairs, and refuses to overwrite a later change", async () => {
    const program = [properties({ deleteEnabled: false, writeEnabled: false })];
    await engine.up(program);
    await set({ writeEnabled: true });
    emulator.journal.clear();
    const run = await engine.refresh();
    assert.deepEqual(requestsTo(emulator), [`GET /acr/v1/${REPOSITORY}`]);
    const base = `${emulator.loginServer}/${REPOSITORY}`;
    assert.deepEqual(engine.resource("properties").outputs["drift"], [
      {
        kind: "attributes-changed",
        subject: base,
        expected: "deleteEnabled=false, writeEnabled=false",
        actual: "deleteEnabled=false, writeEnabled=true",
      },
    ]);
    assert.match(run.messages.map(({ text }) => text).join(), /team\/app has .*writeEnabled=true/);
    await set({ deleteEnabled: true });
    await assert.rejects(engine.up(program), {
      message: /was changed by somebody else.*\[CONFLICT\]/,
    });
    const repaired = await engine.up(program, { refresh: true });
    assert.deepEqual(repaired.changes["properties"], ["deleteEnabled", "writeEnabled"]);
    assert.deepEqual(await live(), { ...OPEN, deleteEnabled: false, writeEnabled: false });
  });

  it("leaves the state with its repository, and destroy succeeds without it", async () => {
    const program = [properties({ listEnabled: false })];
    await engine.up(program);
    const { digest } = (await somebody.repository.manifests.resolve("v1")) ?? {};
    await somebody.deleteManifest(String(digest));
    const state = engine.state;
    await engine.refresh();
    assert.deepEqual(engine.state, []);
    engine.state = state;
    await engine.destroy();
    assert.deepEqual(engine.state, []);
  });

  it("fails if the repository does not exist", async () => {
    await assert.rejects(
      engine.up([properties({ repository: "team/none", deleteEnabled: false })]),
      {
        message:
          /team\/none does not exist, so its attributes .*dependsOn.*up --refresh.* \[NOT_FOUND\]/,
      },
    );
    assert.deepEqual([engine.state, writesTo(emulator)], [[], []]);
  });

  it("closes a repository after publishing and opens it before removal", async () => {
    const artifact: Declaration = {
      name: "app",
      kind: "OciArtifact",
      inputs: {
        repository: "team/new",
        artifactType: "application/vnd.example",
        layers: [{ content: "ours" }],
        tags: ["v1"],
      },
    };
    const closed = properties({ repository: "team/new", writeEnabled: false });
    const other = new Somebody(emulator, "team/new");
    await engine.up([artifact, closed]);
    await assert.rejects(other.publish("theirs"), { code: "LOCKED" });
    await engine.destroy();
    assert.equal(await other.repository.attributes.repository(), undefined);
    other.close();
  });
});
