import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { after, before, describe, it } from "mocha";
import { OciArtifact, TagLock } from "pulumi-acr";
import { EngineStack } from "../support/engine.js";

/** The classes must compute the engine's URN: ownership is recorded by URN. */
describe("URN of a resource", function () {
  this.timeout(60_000);
  this.slow(10_000);

  let stack: EngineStack;
  before(async () => {
    stack = await EngineStack.create({ environment: { ACR_LOGIN_SERVER: "http://127.0.0.1:1" } });
  });
  after(() => stack.remove());

  it("matches the engine's at the top, in components and under another resource", async () => {
    stack.program = declare;
    const pairs: { given: unknown; urn: string }[] = [];
    await stack.stack.preview({
      onEvent: ({ resourcePreEvent }) => {
        const state = resourcePreEvent?.metadata.new;
        if (state?.type.includes("dynamic/acr:") === true) {
          pairs.push({ given: state.inputs["__urn"], urn: state.urn });
        }
      },
    });
    assert.equal(pairs.length, 6);
    for (const { given, urn } of pairs) assert.equal(given, urn);
  });
});

class Component extends pulumi.ComponentResource {
  constructor(name: string, parent?: pulumi.Resource) {
    super("example:index:Component", name, {}, parent === undefined ? {} : { parent });
  }
}

async function declare(): Promise<void> {
  const args = { repository: "charts/web", artifactType: "application/vnd.example.v1" };
  const inner = new Component("inner", new Component("outer"));
  new OciArtifact("top", args);
  new OciArtifact("in outer", args, { parent: new Component("other") });
  const artifact = new OciArtifact("in inner", args, { parent: inner });
  const lock = { repository: "charts/web", tag: "1.0.0" };
  new TagLock("under artifact", lock, { parent: artifact });
  // One child of a component waits for the other; the URN must not add a wait.
  const { repository } = new OciArtifact("sibling", args, { parent: inner });
  new TagLock("of its sibling", { ...lock, repository }, { parent: inner });
}
