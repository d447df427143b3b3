import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "mocha";
import { Stack } from "@pulumi/pulumi/automation";
import { ArtifactTag, OciArtifact, type OciArtifactArgs, TagLock } from "pulumi-acr";
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

function urnOf(name: string): string {
  return `urn:pulumi:stack::project::pulumi-nodejs:dynamic/acr:OciArtifact::${name}`;
}

/** Things that several resources own together, in an order that only the real engine has. */
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

  it("pass a locked tag to a resource that is declared after the former owner has run", async () => {
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

  it("exchange tags, and pass a tag to other content of a resource that runs first", async () => {
    const tagged = (first: string, second: string, other: readonly string[]): void =>
      declare(() => {
        const one = new OciArtifact("one", content("one", { tags: ["1"] }));
        const two = new OciArtifact("two", content("two", { tags: [...other, "2"] }));
        new ArtifactTag("a", { repository: REPOSITORY, tag: first, digest: one.digest });
        new ArtifactTag("b", { repository: REPOSITORY, tag: second, digest: two.digest });
      });
    tagged("blue", "green", []);
    await stack.up();
    const [one, two] = [await somebody.digestOf("1"), await somebody.digestOf("2")];
    tagged("green", "blue", []);
    await stack.up();
    assert.equal(await somebody.digestOf("green"), one);
    assert.equal(await somebody.digestOf("blue"), two);
    tagged("red", "blue", ["green"]);
    await stack.up();
    assert.equal(await somebody.digestOf("green"), two);
    assert.equal(await somebody.digestOf("red"), one);
    await stack.preview({ refresh: true, expectNoChanges: true });
  });

  it("can be an artifact and its TagLock that are destroyed at the same time", async () => {
    const app = (): OciArtifact => new OciArtifact("app", content("one", { tags: ["1"] }));
    declare(() => void app());
    await stack.up();
    declare(() => {
      app();
      new TagLock("lock", { repository: REPOSITORY, tag: "1" });
    });
    await stack.up();
    await stack.destroy();
  });

  it("keep a manifest with --target that a resource outside of the target tags", async () => {
    declare(() => {
      new OciArtifact("app", content("one", { tags: ["1"] }));
      new OciArtifact("twin", content("one", { tags: ["2"] }));
    });
    await stack.up();
    const { output } = await stack.destroy({ target: [urnOf("app")] });
    assert.match(output, /stays: other tags name it: 2/);
    await stack.preview({ target: [urnOf("twin")], refresh: true, expectNoChanges: true });
  });

  it("see no change after pulumi state move to another stack", async () => {
    declare(() => new OciArtifact("app", content("one", { tags: ["1"], lock: true })));
    await stack.up();
    const { workspace } = stack.stack;
    const other = await Stack.create("other", workspace);
    emulator.journal.clear();
    await stack.move(urnOf("app"), "other");
    await other.up({ expectNoChanges: true });
    assert.deepEqual(emulator.journal.entries, []);
    await other.destroy();
    await workspace.removeStack("other");
    await workspace.selectStack("stack");
  });

  it("see no change after a rename with an alias, and messages are in the new name's row", async () => {
    declare(() => new OciArtifact("app", content("one", { tags: ["1"] })));
    await stack.up();
    const renamed = (text: string, more: Partial<OciArtifactArgs> = {}): void => {
      const options = { aliases: [{ name: "app" }] };
      new OciArtifact("web", content(text, { tags: ["1"], ...more }), options);
    };
    declare(() => renamed("one"));
    await stack.preview({ expectNoChanges: true });
    await stack.up();
    await stack.refresh({ expectNoChanges: true });
    await somebody.tag("theirs", String(await somebody.digestOf("1")));
    declare(() => renamed("two", { onReplace: "delete" }));
    const { output } = await stack.up();
    assert.match(output, /OciArtifact \(web\):\s+(?:.*\n)*?.*stays: other tags name it: theirs/);
    assert.doesNotMatch(output, /OciArtifact \(app\)/);
    await somebody.deleteManifest(String(await somebody.digestOf("theirs")));
  });
});
