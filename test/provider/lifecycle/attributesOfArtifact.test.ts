import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import { type Emulator } from "pulumi-acr/emulator";
import type { Attributes } from "../../../provider/registry/attributes.js";
import { LOCKED, OPEN } from "../../support/attributes.js";
import { type Bag, type Declaration, type MiniEngine } from "../../support/miniEngine.js";
import { requestsTo, writesTo } from "../../support/requests.js";
import { eachWithScene } from "../../support/scene.js";
import { type Somebody } from "../../support/somebody.js";

const REPOSITORY = "team/app";

describe("OciArtifact's lock is put on and taken off", () => {
  let emulator: Emulator;
  let somebody: Somebody;
  let engine: MiniEngine;
  let digest: string;

  eachWithScene(REPOSITORY, (scene) => ({ emulator, somebody, engine } = scene));
  beforeEach(async () => {
    digest = await somebody.publish("text");
  });

  const artifact = (inputs: Bag): Declaration => ({
    name: "app",
    kind: "OciArtifact",
    inputs: {
      repository: REPOSITORY,
      artifactType: "application/vnd.example",
      layers: [{ content: "ours" }],
      tags: ["a", "b"],
      ...inputs,
    },
  });
  const ours = async (): Promise<(Attributes | undefined)[]> => {
    const own = String(engine.resource("app").outputs["digest"]);
    return [
      await somebody.attributesOfTag("a"),
      await somebody.attributesOfTag("b"),
      await somebody.attributesOfManifest(own),
    ];
  };
  const all = (attributes: Attributes): Attributes[] => [attributes, attributes, attributes];

  it("which is added, changed and removed in place", async () => {
    const steps: [unknown, Attributes][] = [
      [undefined, OPEN],
      [true, LOCKED],
      [{ writeEnabled: false }, { ...OPEN, writeEnabled: false }],
      [
        { listEnabled: false, writeEnabled: true },
        { ...OPEN, listEnabled: false },
      ],
      [true, LOCKED],
      [false, OPEN],
    ];
    for (const [wanted, attributes] of steps) {
      const program = [artifact(wanted === undefined ? {} : { lock: wanted })];
      await engine.up(program);
      assert.deepEqual(await ours(), all(attributes));
      emulator.journal.clear();
      await engine.up(program);
      assert.deepEqual(requestsTo(emulator), []);
      assert.deepEqual((await engine.refresh()).messages, []);
    }
  });

  it("which is on a tag that is added later", async () => {
    await engine.up([artifact({ lock: true, tags: ["a"] })]);
    emulator.journal.clear();
    await engine.up([artifact({ lock: true })]);
    assert.deepEqual(await ours(), all(LOCKED));
    assert.deepEqual(writesTo(emulator), ["PUT tag b", "PATCH tag properties b"]);
  });

  it("which is removed together with a tag", async () => {
    await engine.up([artifact({ lock: true, tags: ["a", "b", "c", "d"] })]);
    await somebody.setTagAttributes("c", OPEN);
    await somebody.untag("c");
    await somebody.setTagAttributes("d", OPEN);
    await somebody.tag("d", digest);
    await somebody.setTagAttributes("d", LOCKED);
    await engine.up([artifact({ tags: ["a"] })]);
    assert.deepEqual(await ours(), all(OPEN));
    assert.deepEqual(await somebody.attributesOfTag("d"), LOCKED, "theirs by now");
  });
});
