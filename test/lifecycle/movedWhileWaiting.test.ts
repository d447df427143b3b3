import assert from "node:assert/strict";
import type { dynamic } from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, it } from "mocha";
import type { Emulator } from "pulumi-acr/emulator";
import { dynamicProvider } from "../../provider/lifecycle/dynamicProvider.js";
import { Host } from "../../provider/lifecycle/host.js";
import { KINDS } from "../../provider/lifecycle/kinds.js";
import { environmentFor } from "../support/engine.js";
import { type Bag } from "../support/miniEngine.js";
import { writesTo } from "../support/requests.js";
import { eachWithScene } from "../support/scene.js";
import type { Somebody } from "../support/somebody.js";

const REPOSITORY = "team/app";
type Provider = Required<dynamic.ResourceProvider>;
type PublishingKind = "ArtifactTag" | "OciArtifact";

/** A run whose program declares the rest only when an operation waits for it. */
class SlowProgram extends Host {
  whileWaiting: () => Promise<void> = () => Promise.resolve();

  constructor(emulator: Emulator) {
    const environment = environmentFor(emulator);
    const lookUp = (name: string): string | undefined => environment[name];
    super({ environment: lookUp, sendLog: () => undefined, directory: "." });
  }

  override allDeclared(): Promise<void> {
    return this.whileWaiting();
  }

  provider(kind: PublishingKind): Provider {
    return dynamicProvider(kind, KINDS[kind](this), this) as Provider;
  }
}

/** A resource that takes the tag `stable` waits for the one that gives it up. */
describe("a tag that changes while its new owner waits for the program", () => {
  let emulator: Emulator;
  let somebody: Somebody;
  let run: SlowProgram;
  let hosts: SlowProgram[] = [];
  let one: string;
  let two: string;
  let former: Bag;

  eachWithScene(REPOSITORY, (scene) => ({ emulator, somebody } = scene));
  beforeEach(async () => {
    one = await somebody.publish("one", "v1");
    two = await somebody.publish("two", "v2");
    former = (await made("ArtifactTag", "former", { tag: "stable", digest: one })).outs;
    run = opened();
  });

  afterEach(() => {
    for (const host of hosts) host.sessions.close();
    hosts = [];
  });

  const opened = (): SlowProgram => {
    const host = new SlowProgram(emulator);
    hosts.push(host);
    return host;
  };
  const checked = async (host: SlowProgram, kind: PublishingKind, name: string, inputs: Bag) => {
    const news = { __urn: `urn:${name}`, repository: REPOSITORY, ...inputs };
    const result = await host.provider(kind).check({}, news);
    assert.deepEqual(result.failures, []);
    return result.inputs as Bag;
  };
  /** Creates a resource in a separate run. */
  const made = async (kind: PublishingKind, name: string, inputs: Bag) => {
    const host = opened();
    const result = await host.provider(kind).create(await checked(host, kind, name, inputs));
    return { id: result.id, outs: result.outs as Bag };
  };
  /** While others wait, the former owner declares another tag and then something happens. */
  const declaresAfter = (happens: () => Promise<void>): void => {
    run.whileWaiting = async () => {
      const news = await checked(run, "ArtifactTag", "former", { tag: "old", digest: one });
      await run.provider("ArtifactTag").diff("", former, news);
      await happens();
    };
  };

  const artifact = (tags: string[]): Bag => ({
    ...{ artifactType: "application/vnd.example", layers: [{ content: "ours" }], tags },
  });
  const takers: [string, () => Promise<unknown>][] = [
    [
      "a new ArtifactTag",
      async () => {
        const inputs = await checked(run, "ArtifactTag", "new", { tag: "stable", digest: two });
        return run.provider("ArtifactTag").create(inputs);
      },
    ],
    [
      "a new OciArtifact",
      async () => {
        const inputs = await checked(run, "OciArtifact", "new", artifact(["stable"]));
        return run.provider("OciArtifact").create(inputs);
      },
    ],
    [
      "an OciArtifact that gets another tag",
      async () => {
        const { id, outs } = await made("OciArtifact", "new", artifact(["x"]));
        const inputs = await checked(run, "OciArtifact", "new", artifact(["x", "stable"]));
        return run.provider("OciArtifact").update(id, outs, inputs);
      },
    ],
  ];
  for (const [name, take] of takers) {
    it(`passes to ${name} if nothing happens`, async () => {
      declaresAfter(() => Promise.resolve());
      await take();
      assert.notEqual(await somebody.digestOf("stable"), one);
    });

    it(`is a conflict for ${name} if somebody moves it`, async () => {
      const theirs = await somebody.publish("theirs");
      declaresAfter(() => somebody.tag("stable", theirs));
      await assert.rejects(take(), { message: /stable .*\[CONFLICT\]$/s });
      assert.equal(await somebody.digestOf("stable"), theirs);
    });

    it(`passes to ${name} if somebody removes it`, async () => {
      declaresAfter(() => somebody.untag("stable"));
      await take();
      assert.notEqual(await somebody.digestOf("stable"), undefined);
    });
  }

  it("passes to a new ArtifactTag without a write if somebody put it there", async () => {
    declaresAfter(async () => {
      await somebody.tag("stable", two);
      emulator.journal.clear();
    });
    const inputs = await checked(run, "ArtifactTag", "new", { tag: "stable", digest: two });
    await run.provider("ArtifactTag").create(inputs);
    assert.deepEqual(writesTo(emulator), []);
  });
});
