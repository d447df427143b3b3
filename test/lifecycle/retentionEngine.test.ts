import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { RetentionPolicy } from "pulumi-acr";
import { type Emulator, startEmulator } from "pulumi-acr/emulator";
import { EngineStack, environmentFor } from "../support/engine.js";
import { writesTo } from "../support/requests.js";
import { Somebody } from "../support/somebody.js";

/** How the real engine shows a plan; everything else is in `retentionPolicy.test`. */
describe("a retention policy on the real engine", function () {
  this.timeout(120_000);
  let emulator: Emulator;
  let somebody: Somebody;
  let stack: EngineStack;
  const digests: string[] = [];

  before(async () => {
    emulator = await startEmulator();
    somebody = new Somebody(emulator, "library/hello-world");
    for (const tag of ["v1", "v2", "v3", "v4"]) digests.push(await somebody.publish(tag, tag));
    stack = await EngineStack.create({ environment: environmentFor(emulator) });
    stack.program = () => {
      new RetentionPolicy("images", { repository: "library/hello-world", keepNewest: 3 });
      return Promise.resolve({});
    };
  });
  after(async () => {
    stack.remove();
    somebody.close();
    await emulator.close();
  });

  it("names the victim in the preview's diff and the sum in the resource's row", async () => {
    emulator.journal.clear();
    const { output, diagnostics } = await stack.preview();
    assert.deepEqual(writesTo(emulator), []);
    assert.match(output, new RegExp(`digest +: "${digests[0]}"`));
    assert.match(output, /reason +: "not among the 3 newest"/);
    assert.match(output, /tags +: \[\s+\[0\]: "v1"/);
    assert.match(output, /manifests +: 1/);
    assert.doesNotMatch(output, new RegExp(digests[1] ?? ""));
    assert.match(diagnostics.join("\n"), /to delete: 1 manifest, at most 2 B of layers/);
  });

  it("deletes the victim at up and then shows no changes, even after a refresh", async () => {
    emulator.journal.clear();
    const { diagnostics } = await stack.up();
    assert.deepEqual(writesTo(emulator), ["DELETE manifest"]);
    assert.match(diagnostics.join("\n"), /deleted 1 manifest, at most 2 B of layers/);
    await stack.preview({ refresh: true, expectNoChanges: true });
  });

  it("shows a new victim as an update in place of the old one", async () => {
    await somebody.publish("v5", "v5");
    const { output } = await stack.preview();
    assert.match(output, new RegExp(`~ digest +: "${digests[0]}" => "${digests[1]}"`));
    await stack.up();
    assert.equal(await somebody.has(digests[1] ?? ""), false);
    emulator.journal.clear();
    await stack.destroy();
    assert.deepEqual(writesTo(emulator), []);
  });
});
