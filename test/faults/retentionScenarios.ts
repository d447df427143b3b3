import type { Bag, Declaration } from "../support/miniEngine.js";
import { gone, type Scenario } from "./scenario.js";
import { CLOSED, type World } from "./world.js";

function policy(world: World, inputs: Bag = {}): Declaration {
  const all = { repository: world.repository, expireTags: ["pr-*"], ...inputs };
  return { name: "reviews", kind: "RetentionPolicy", inputs: all };
}

/** It has nothing to do, which it learns by listing the repository. */
const looks = ["GET manifests"];

export const RETENTION_POLICY: Readonly<Record<string, Scenario>> = {
  "RetentionPolicy: create, for an index and its child": {
    verb: "up",
    prepare: async ({ somebody }) => {
      await somebody.publishIndex([await somebody.publish("amd64")], "pr-1");
    },
    program: (world) => [policy(world)],
    settled: gone,
    plansOnAnswers: true,
    looks,
  },
  "RetentionPolicy: update, for a locked image with a signature, and a tag alone": {
    verb: "up",
    prepare: async (world) => {
      const { engine, somebody, theirs } = world;
      await engine.up([policy(world)]);
      const locked = await somebody.publish("image", "pr-1");
      await somebody.publish("signature", undefined, locked);
      await somebody.setManifestAttributes(locked, CLOSED);
      await somebody.tag("pr-2", theirs);
    },
    program: (world) => [policy(world, { includeLocked: true })],
    settled: gone,
    plansOnAnswers: true,
    looks,
  },
};
