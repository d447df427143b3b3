import assert from "node:assert/strict";
import type { dynamic } from "@pulumi/pulumi";
import { beforeEach, describe, it } from "mocha";
import type { Emulator } from "pulumi-acr/emulator";
import type { Clock } from "../../provider/http/clock.js";
import { artifactTag } from "../../provider/lifecycle/artifactTag/artifactTag.js";
import { dynamicProvider } from "../../provider/lifecycle/dynamicProvider.js";
import { Host } from "../../provider/lifecycle/host.js";
import { retentionPolicy } from "../../provider/lifecycle/retentionPolicy/retentionPolicy.js";
import { environmentFor } from "../support/engine.js";
import { writesTo } from "../support/requests.js";
import { eachWithScene } from "../support/scene.js";
import type { Somebody } from "../support/somebody.js";
import { hastyClock } from "../faults/hastyClock.js";

const REPOSITORY = "library/hello-world";
type Provider = Required<dynamic.ResourceProvider>;
type Bag = Record<string, unknown>;

/** The engine starts to create a policy before it checks what is declared after it. */
describe("a retention policy that is declared first", () => {
  let emulator: Emulator;
  let somebody: Somebody;
  let policy: Provider;
  let tag: Provider;
  let digests: string[];
  let said: string[];
  let clock: Clock;

  eachWithScene(REPOSITORY, (scene) => ({ emulator, somebody } = scene));
  beforeEach(async () => {
    digests = [];
    for (const name of ["v1", "v2", "v3"]) digests.push(await somebody.publish(name, name));
    said = [];
    // A wait of a second takes a tenth of one.
    clock = hastyClock(10);
    const environment = environmentFor(emulator);
    const host = new Host({
      environment: (name) => environment[name],
      sendLog: (_urn, _severity, text) => void said.push(text),
      directory: ".",
      manners: { clock, idleTimeoutMs: 500_000 },
    });
    policy = dynamicProvider("RetentionPolicy", retentionPolicy(host), host) as Provider;
    tag = dynamicProvider("ArtifactTag", artifactTag(host), host) as Provider;
    emulator.journal.clear();
  });

  const checkPolicy = async (): Promise<Bag> => {
    const news = { __urn: "urn:policy", repository: REPOSITORY, keepNewest: 1 };
    return (await policy.check({}, news)).inputs as Bag;
  };
  const checkTag = (name: string, digest: unknown): Promise<dynamic.CheckResult> =>
    tag.check({}, { __urn: `urn:${name}`, repository: REPOSITORY, tag: name, digest });
  const isLeft = async (): Promise<boolean[]> => {
    const left = [];
    for (const digest of digests) left.push(await somebody.has(digest));
    return left;
  };

  it("waits for the rest of the program and keeps what it declares", async () => {
    const inputs = await checkPolicy();
    clock.timer(() => void checkTag("v1", digests[0]), 500);
    await policy.create(inputs);
    assert.deepEqual(await isLeft(), [true, false, true]);
    assert.ok(said.includes(`${digests[0]} stays: the program declares it`), said.join("\n"));
  });

  it("deletes nothing if it cannot know what the program declares", async () => {
    const inputs = await checkPolicy();
    clock.timer(() => void checkTag("v1", "no digest"), 500);
    await assert.rejects(policy.create(inputs), {
      message:
        /^nothing was deleted from .*the inputs of another resource were refused.*\[CONFLICT\]$/,
    });
    assert.deepEqual(writesTo(emulator), []);
  });
});
