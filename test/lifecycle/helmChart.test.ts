import assert from "node:assert/strict";
import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { helmChart } from "pulumi-acr";
import { type Emulator } from "pulumi-acr/emulator";
import { UNKNOWN } from "../../provider/arguments/unknown.js";
import { type Bag, type MiniEngine, type Program } from "../support/miniEngine.js";
import { requestsTo, writesTo } from "../support/requests.js";
import { eachWithFolder } from "../support/scene.js";
import { type Somebody } from "../support/somebody.js";
import { type TemporaryFolder } from "../support/temporaryFolder.js";

const FILES = {
  "web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\ndescription: a chart\n",
  "web/values.yaml": "greeting: hello\n",
  "web/templates/map.yaml": "kind: ConfigMap\n",
};
/** The digest of these files, the same on every machine and in every version. */
const GOLDEN = "sha256:f90cb42f9aec52e085d022a552f12112704b221964561dcd92b47100a814361d";

describe("the life cycle of a chart", () => {
  let emulator: Emulator;
  let folder: TemporaryFolder;
  let engine: MiniEngine;
  let somebody: Somebody;

  eachWithFolder("charts/web", FILES, (scene) => ({ emulator, folder, engine, somebody } = scene));

  const chart = (inputs: Bag = {}, path: string = "web"): Program => [
    {
      name: "chart",
      kind: "OciArtifact",
      inputs: { repository: "charts/web", ...(helmChart({ path }) as Bag), ...inputs },
    },
  ];
  const outputs = (): Bag => engine.resource("chart").outputs;

  it("publishes the previewed digest with the chart's version as tag and its annotations", async () => {
    const previewed = (await engine.preview(chart())).outputs["chart"];
    assert.deepEqual(requestsTo(emulator), []);
    assert.equal(previewed?.["digest"], GOLDEN);
    assert.deepEqual(previewed["tags"], ["1.0.0"]);
    await engine.up(chart());
    assert.equal(outputs()["digest"], GOLDEN);
    assert.equal(await somebody.digestOf("1.0.0"), GOLDEN);
    assert.deepEqual(outputs()["annotations"], {
      "org.opencontainers.image.description": "a chart",
      "org.opencontainers.image.title": "web",
      "org.opencontainers.image.version": "1.0.0",
    });
  });

  it("makes no request when nothing changed, however the path is written", async () => {
    await engine.up(chart());
    emulator.journal.clear();
    const { operations, changes } = await engine.up(chart({}, join(folder.path, "web")));
    assert.deepEqual([operations["chart"], changes["chart"]], ["same", []]);
    assert.deepEqual(requestsTo(emulator), []);
    await engine.refresh();
    assert.equal((await engine.up(chart())).operations["chart"], "same");
  });

  it("replaces the chart under a new tag when its version changes", async () => {
    await engine.up(chart());
    writeFileSync(
      join(folder.path, "web/Chart.yaml"),
      FILES["web/Chart.yaml"].replace("1.0.0", "1.1.0"),
    );
    const { operations, outputs: previewed } = await engine.preview(chart());
    assert.equal(operations["chart"], "replace");
    assert.deepEqual(previewed["chart"]?.["tags"], ["1.1.0"]);
    await engine.up(chart());
    assert.equal(await somebody.digestOf("1.1.0"), outputs()["digest"]);
    assert.equal(await somebody.digestOf("1.0.0"), GOLDEN, "the old version stays published");
  });

  it("moves the tag when the chart changes without a new version", async () => {
    await engine.up(chart({ tags: ["1.0.0", "latest"] }));
    appendFileSync(join(folder.path, "web/values.yaml"), "more: true\n");
    await engine.up(chart({ tags: ["1.0.0", "latest"] }));
    assert.notEqual(outputs()["digest"], GOLDEN);
    for (const tag of ["1.0.0", "latest"]) {
      assert.equal(await somebody.digestOf(tag), outputs()["digest"]);
    }
  });

  it("adds annotations to the chart's own", async () => {
    await engine.up(chart({ annotations: { "com.example.team": "web" } }));
    const { annotations } = outputs() as { annotations: Bag };
    assert.equal(annotations["com.example.team"], "web");
    assert.equal(annotations["org.opencontainers.image.title"], "web");
    await engine.up(chart());
    assert.equal(outputs()["digest"], GOLDEN);
  });

  it("leaves unknown at preview only what depends on unknown inputs", async () => {
    const annotated = { annotations: { "com.example.commit": UNKNOWN } };
    const some = (await engine.preview(chart(annotated))).outputs["chart"];
    assert.equal(some?.["digest"], UNKNOWN);
    assert.equal((some["layerDescriptors"] as Bag[]).length, 1);
    assert.equal((some["annotations"] as Bag)["com.example.commit"], UNKNOWN);
    assert.deepEqual(some["tags"], ["1.0.0"]);
    const none = (await engine.preview(chart({}, UNKNOWN))).outputs["chart"];
    for (const name of ["digest", "layerDescriptors", "tags", "annotations"]) {
      assert.equal(none?.[name], UNKNOWN, name);
    }
    const elsewhere = (await engine.preview(chart({ repository: UNKNOWN }))).outputs["chart"];
    assert.equal(elsewhere?.["digest"], GOLDEN);
  });

  it("shows no change when an unknown input becomes known again", async () => {
    await engine.up(chart());
    const { operations } = await engine.preview(chart({}, UNKNOWN));
    assert.equal(operations["chart"], "replace");
    assert.equal((await engine.preview(chart())).operations["chart"], "same");
  });

  it("ends with the removal of chart and tag", async () => {
    await engine.up(chart());
    emulator.journal.clear();
    await engine.destroy();
    assert.ok(writesTo(emulator).length > 0);
    assert.equal(await somebody.has(GOLDEN), false);
  });
});
