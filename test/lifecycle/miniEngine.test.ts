import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "mocha";
import { startEmulator, type Emulator } from "pulumi-acr/emulator";
import { environmentFor } from "../support/engine.js";
import { type Bag, CheckError, type Declaration, MiniEngine } from "../support/miniEngine.js";

describe("the mini engine", () => {
  let emulator: Emulator;
  let engine: MiniEngine;

  beforeEach(async () => {
    emulator = await startEmulator();
    engine = new MiniEngine({ environment: environmentFor(emulator) });
  });
  afterEach(() => emulator.close());

  it("creates, keeps, updates, replaces and deletes", async () => {
    const created = await engine.up([app("one", ["v1"])]);
    assert.deepEqual(created.operations, { app: "create" });
    assert.deepEqual((await engine.up([app("one", ["v1"])])).operations, { app: "same" });
    const updated = await engine.up([app("one", ["v1", "latest"])]);
    assert.deepEqual(updated.operations, { app: "update" });
    assert.deepEqual(updated.changes["app"], ["tags"]);
    const replaced = await engine.up([app("two", ["v2", "latest"])]);
    assert.deepEqual(replaced.operations, { app: "replace" });
    assert.deepEqual(replaced.deletedIds, [created.outputs["app"]?.["id"]]);
    assert.deepEqual((await engine.up([])).operations, { app: "delete" });
    assert.deepEqual(engine.state, []);
  });

  it("shows planned outputs at preview and saves no state", async () => {
    const preview = await engine.preview([app("one", ["v1"])]);
    assert.deepEqual(preview.operations, { app: "create" });
    assert.match(String(preview.outputs["app"]?.["digest"]), /^sha256:/);
    assert.deepEqual(engine.state, []);
  });

  it("passes outputs on in the order of declaration", async () => {
    const sbom: Declaration = {
      name: "sbom",
      kind: "OciArtifact",
      inputs: (outputsOf) => {
        const { mediaType, digest, size } = outputsOf("app");
        return docs("sbom", [], { subject: { mediaType, digest, size } });
      },
    };
    const { outputs } = await engine.up([app("one", ["v1"]), sbom]);
    assert.equal(
      (outputs["sbom"]?.["subject"] as { digest: string }).digest,
      outputs["app"]?.["digest"],
    );
  });

  it("throws what check refuses and keeps the state", async () => {
    await assert.rejects(engine.up([app("one", ["not a tag"])]), (error) => {
      assert.ok(error instanceof CheckError);
      assert.equal(error.failures.length, 1);
      assert.match(error.message, /^app: .*tags\[0\]/);
      return true;
    });
    assert.deepEqual(engine.state, []);
  });

  it("records a partial failure and updates at the next run whatever diff says", async () => {
    emulator.faults.add({
      method: "PUT",
      path: /manifests\/v1$/,
      action: { type: "status", status: 403 },
    });
    await assert.rejects(engine.up([app("one", ["v1"])]));
    assert.equal(engine.resource("app").initErrors.length, 1);
    emulator.faults.clear();
    assert.deepEqual((await engine.up([app("one", ["v1"])])).operations, { app: "update" });
    assert.deepEqual(engine.resource("app").initErrors, []);
    assert.deepEqual((await engine.up([app("one", ["v1"])])).operations, { app: "same" });
  });

  it("keeps a replaced resource whose delete failed and deletes it at the next run", async () => {
    const gone = { onReplace: "delete" };
    await engine.up([app("one", ["v1"], gone)]);
    emulator.faults.add({ method: "DELETE", action: { type: "status", status: 403 } });
    await assert.rejects(engine.up([app("two", ["v2"], gone)]));
    assert.deepEqual(
      engine.state.map(({ pendingDelete }) => pendingDelete),
      [true, false],
    );
    emulator.faults.clear();
    const again = await engine.up([app("two", ["v2"], gone)]);
    assert.deepEqual([again.operations, again.deletedIds.length], [{ app: "same" }, 1]);
    assert.equal(engine.state.length, 1);
  });

  it("refreshes inputs and outputs so that the next run repairs drift", async () => {
    await engine.up([app("one", ["v1", "latest"])]);
    emulator.journal.clear();
    const other = new MiniEngine({ environment: environmentFor(emulator) });
    await other.up([{ ...app("two", ["latest"], { onTagConflict: "move" }), name: "other" }]);
    const seen = await engine.refresh({ preview: true });
    assert.deepEqual(seen.operations, { app: "update" });
    assert.equal(seen.messages.length, 1);
    const repaired = await engine.up([app("one", ["v1", "latest"])], { refresh: true });
    assert.deepEqual(repaired.operations, { app: "update" });
    assert.deepEqual((await engine.up([app("one", ["v1", "latest"])])).operations, { app: "same" });
  });
});

function app(content: string, tags: readonly string[], more: Bag = {}): Declaration {
  return { name: "app", kind: "OciArtifact", inputs: docs(content, tags, more) };
}

function docs(content: string, tags: readonly string[], more: Bag): Bag {
  const layers = [{ content, title: "content.txt", mediaType: "text/plain" }];
  const artifactType = "application/vnd.example.docs";
  return { repository: "docs/site", artifactType, layers, tags, ...more };
}
