import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { MiniEngine, Program } from "../support/miniEngine.js";
import { eachWithScene } from "../support/scene.js";
import type { Somebody } from "../support/somebody.js";

const SOURCE = "dev/app";
const TARGET = "prod/app";

const PROGRAM: Program = [
  {
    name: "child",
    kind: "OciArtifact",
    inputs: {
      repository: SOURCE,
      artifactType: "application/vnd.example",
      layers: [{ content: "child" }],
    },
  },
  {
    name: "index",
    kind: "OciIndex",
    inputs: (outputsOf) => {
      const { mediaType, digest, size } = outputsOf("child");
      return { repository: SOURCE, manifests: [{ mediaType, digest, size }] };
    },
  },
  {
    name: "copy",
    kind: "ArtifactCopy",
    inputs: (outputsOf) => ({
      repository: TARGET,
      source: { repository: SOURCE, digest: outputsOf("index")["digest"] },
      verify: "included",
    }),
  },
  {
    name: "images",
    kind: "RetentionPolicy",
    inputs: { repository: TARGET, untaggedOnly: true },
  },
];

describe("a retention policy beside a copy", () => {
  let somebody: Somebody;
  let engine: MiniEngine;
  eachWithScene(TARGET, (scene) => ({ somebody, engine } = scene));

  it("keeps what came along with the copy when somebody deletes the copy's top manifest", async () => {
    await engine.up(PROGRAM);
    const [index, child] = ["index", "child"].map((name) =>
      String(engine.resource(name).outputs["digest"]),
    ) as [string, string];
    await somebody.deleteManifest(index);
    await engine.up(PROGRAM);
    assert.ok(await somebody.has(child));
    await engine.up(PROGRAM, { refresh: true });
    assert.ok(await somebody.has(index));
  });
});
