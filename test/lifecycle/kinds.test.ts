import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { endOfLife, fluxSource } from "pulumi-acr";
import { type Emulator } from "pulumi-acr/emulator";
import { UNKNOWN } from "../../provider/arguments/unknown.js";
import { type Bag, type MiniEngine, type Program } from "../support/miniEngine.js";
import { requestsTo } from "../support/requests.js";
import { eachWithFolder } from "../support/scene.js";
import { type Somebody } from "../support/somebody.js";

const SOURCE = { path: "deploy", source: "https://example.com/x.git", revision: "main@sha1:1" };

describe("content of a kind", () => {
  let emulator: Emulator;
  let engine: MiniEngine;
  let somebody: Somebody;

  const files = { "deploy/app.yaml": "kind: Deployment\n" };
  eachWithFolder("apps/web", files, (scene) => ({ emulator, engine, somebody } = scene));

  const declare = (inputs: object): Program => [
    { name: "one", kind: "OciArtifact", inputs: { repository: "apps/web", ...inputs } as Bag },
  ];

  it("shows layers and config while only annotations are unknown", async () => {
    const previewed = await engine.preview(declare(fluxSource({ ...SOURCE, revision: UNKNOWN })));
    const { digest, annotations, layerDescriptors, configDescriptor } = previewed.outputs[
      "one"
    ] as Record<string, unknown>;
    assert.deepEqual([digest, annotations], [UNKNOWN, UNKNOWN]);
    await engine.up(declare(fluxSource(SOURCE)));
    const { outputs } = engine.resource("one");
    assert.deepEqual(outputs["layerDescriptors"], layerDescriptors);
    assert.deepEqual(outputs["configDescriptor"], configDescriptor);
  });

  it("reports mistakes even while another input is unknown", async () => {
    const inputs = fluxSource({ ...SOURCE, path: "nope", revision: UNKNOWN });
    await assert.rejects(engine.preview(declare(inputs)), /content\.fluxSource\.path|nope/);
  });

  it("can change from a kind to plain layers and back", async () => {
    await engine.up(declare(fluxSource(SOURCE)));
    const first = engine.resource("one").outputs["digest"];
    const plain = { artifactType: "application/vnd.example", layers: [{ directory: "deploy" }] };
    assert.equal((await engine.up(declare(plain))).operations["one"], "replace");
    await engine.up(declare(fluxSource(SOURCE)));
    assert.equal(engine.resource("one").outputs["digest"], first);
    emulator.journal.clear();
    assert.equal((await engine.up(declare(fluxSource(SOURCE)))).operations["one"], "same");
    assert.deepEqual(requestsTo(emulator), []);
  });

  it("replaces an end-of-life note when its date changes, with onReplace delete", async () => {
    const app = await somebody.publish("an app", "v1");
    const subject = await somebody.repository.manifests.resolve(app);
    assert.ok(subject !== undefined);
    const note = (date: string): Program =>
      declare({ ...endOfLife({ date, subject }), onReplace: "delete" });
    const dates = async (): Promise<unknown[]> => {
      const found = [];
      for await (const one of somebody.repository.referrers.list(app)) found.push(one.annotations);
      return found;
    };
    const key = "vnd.microsoft.artifact.lifecycle.end-of-life.date";
    await engine.up(note("2027-03-31"));
    assert.deepEqual(await dates(), [{ [key]: "2027-03-31" }]);
    await engine.up(note("2028-03-31"));
    assert.deepEqual(await dates(), [{ [key]: "2028-03-31" }]);
    await engine.destroy();
    assert.deepEqual(await dates(), []);
    assert.ok(await somebody.has(app));
  });
});
