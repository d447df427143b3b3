import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "mocha";
import { ArtifactTag, OciArtifact, type OciArtifactArgs } from "pulumi-acr";
import { type Emulator, startEmulator } from "pulumi-acr/emulator";
import { EngineStack, environmentFor } from "../support/engine.js";
import { Somebody } from "../support/somebody.js";

const REPOSITORY = "team/app";

function content(text: string, more: Partial<OciArtifactArgs> = {}): OciArtifactArgs {
  return {
    repository: REPOSITORY,
    artifactType: "application/vnd.example",
    layers: [{ content: text }],
    ...more,
  };
}

/** What several resources own together, in the order in which only the real engine comes to them. */
describe("several owners on the real engine", function () {
  this.timeout(120_000);
  let emulator: Emulator;
  let somebody: Somebody;
  let stack: EngineStack;

  before(async () => {
    emulator = await startEmulator();
    stack = await EngineStack.create({ environment: environmentFor(emulator) });
  });
  after(async () => {
    stack.remove();
    await emulator.close();
  });
  beforeEach(() => {
    somebody = new Somebody(emulator, REPOSITORY);
  });
  afterEach(async () => {
    await stack.destroy();
    assert.equal(await somebody.repository.attributes.repository(), undefined, "nothing is left");
    somebody.close();
  });

  const declare = (program: () => void): void => {
    stack.program = () => {
      program();
      return Promise.resolve({});
    };
  };

  it("a locked tag passes to a resource that is known only when the former owner is done", async () => {
    declare(() => new OciArtifact("app", content("one", { tags: ["1", "stable"], lock: true })));
    await stack.up();
    declare(() => {
      const { digest } = new OciArtifact("app", content("one", { tags: ["1"], lock: true }));
      new ArtifactTag("tag", { repository: REPOSITORY, tag: "stable", digest });
    });
    await stack.up();
    assert.equal((await somebody.attributesOfTag("stable"))?.deleteEnabled, true);
    assert.equal((await somebody.attributesOfTag("1"))?.deleteEnabled, false);
    await stack.preview({ refresh: true, expectNoChanges: true });
  });
});
