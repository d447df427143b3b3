import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { OciArtifact, type OciArtifactArgs } from "pulumi-acr";
import { type Emulator, startEmulator } from "pulumi-acr/emulator";
import { EngineStack, environmentFor } from "../support/engine.js";
import { Somebody } from "../support/somebody.js";

/** The life of one stack on the real engine: each step builds on the one before. */
describe("ownership on the real engine", function () {
  this.timeout(120_000);
  let emulator: Emulator;
  let somebody: Somebody;
  let stack: EngineStack;
  let name = "app";
  let aliases: string[] = [];
  let args: Omit<OciArtifactArgs, "repository">;

  before(async () => {
    emulator = await startEmulator();
    somebody = new Somebody(emulator, "team/app");
    stack = await EngineStack.create({ environment: environmentFor(emulator) });
    stack.program = () => {
      const options = { aliases: aliases.map((alias) => ({ name: alias })) };
      const artifact = new OciArtifact(name, { repository: "team/app", ...args }, options);
      return Promise.resolve({ digest: artifact.digest });
    };
  });
  after(async () => {
    stack.remove();
    somebody.close();
    await emulator.close();
  });

  const content = (text: string, more: Partial<OciArtifactArgs> = {}): typeof args => ({
    artifactType: "application/vnd.example",
    layers: [{ content: text, title: "text" }],
    tags: ["latest"],
    lock: true,
    ...more,
  });
  const urn = (): string =>
    `urn:pulumi:stack::project::pulumi-nodejs:dynamic/acr:OciArtifact::${name}`;
  const latest = async (): Promise<string> => String(await somebody.digestOf("latest"));
  const unchanged = async (): Promise<void> => {
    emulator.journal.clear();
    await stack.up({ expectNoChanges: true });
    assert.deepEqual(emulator.journal.entries, []);
  };

  it("publishes under a locked tag", async () => {
    args = content("one");
    await stack.up();
    assert.equal((await somebody.attributesOfTag("latest"))?.writeEnabled, false);
    await unchanged();
  });

  it("replaces under the same locked tag", async () => {
    const one = await latest();
    args = content("two");
    const run = await stack.up();
    assert.match(run.output, new RegExp(`@${one} stays published \\(onReplace: "retain"\\)`));
    assert.notEqual(await latest(), one);
    assert.equal((await somebody.attributesOfTag("latest"))?.writeEnabled, false);
    await unchanged();
  });

  it("changes nothing for up --replace and state taint with the same content", async () => {
    const two = await latest();
    await stack.up({ replace: [urn()] });
    await stack.cli("state", "taint", urn(), "--yes");
    await stack.up();
    assert.equal(await latest(), two);
    await unchanged();
  });

  it("refuses other content after state taint, and the suggested remedy works", async () => {
    const two = await latest();
    args = content("three");
    await stack.cli("state", "taint", urn(), "--yes");
    await assert.rejects(stack.up(), (error: Error) => {
      assert.match(error.message, /team\/app:latest exists and names/);
      assert.match(error.message, /untaint/);
      return true;
    });
    assert.equal(await latest(), two);
    await stack.cli("state", "untaint", urn(), "--yes");
    await stack.up();
    assert.notEqual(await latest(), two);
    await unchanged();
  });

  it("replaces after a rename with an alias and a change of content", async () => {
    const three = await latest();
    name = "web";
    aliases = ["app"];
    await stack.up();
    emulator.journal.clear();
    args = content("four");
    await stack.up();
    assert.ok(await somebody.has(three), "retained");
    assert.notEqual(await latest(), three);
    await unchanged();
  });

  it("retries a failed delete at the next up", async () => {
    const four = await latest();
    args = content("five", { onReplace: "delete" });
    emulator.faults.add({
      method: "DELETE",
      path: /\/manifests\//,
      times: Infinity,
      action: { type: "status", status: 403 },
    });
    await assert.rejects(stack.up(), /DENIED/);
    emulator.faults.clear();
    assert.ok(await somebody.has(four));
    await stack.up();
    assert.equal(await somebody.has(four), false);
    await unchanged();
  });

  it("keeps a manifest that a foreign tag names at destroy --run-program", async () => {
    const five = await latest();
    await somebody.tag("theirs", five);
    const run = await stack.destroy({ runProgram: true });
    assert.match(run.output, /stays: other tags name it: theirs/);
    assert.equal(await somebody.digestOf("latest"), undefined);
    assert.equal(await somebody.digestOf("theirs"), five);
  });
});
