import assert from "node:assert/strict";
import type { Bag, Declaration } from "../support/miniEngine.js";
import { artifact, gone, note, ours, type Scenario, tagged } from "./scenario.js";
import { type Holdings, OPEN, type World } from "./world.js";

/** A channel on what somebody else has published, or on what is declared beside it. */
function channel(world: World, digest: string | ((app: Bag) => unknown)): Declaration {
  const { repository } = world;
  return {
    name: "channel",
    kind: "ArtifactTag",
    inputs: (outputsOf) => ({
      repository,
      tag: "stable",
      digest: typeof digest === "string" ? digest : digest(outputsOf("app")),
    }),
  };
}

const onTheirs = (world: World): Declaration[] => [channel(world, world.theirs)];
const onOurs = (world: World): Declaration[] => [
  artifact(world),
  channel(world, ({ digest }) => digest),
];
const names = ({ tags }: Holdings, digest: string): void =>
  assert.equal(tags.get("stable")?.digest, digest, "what stable names");

export const ARTIFACT_TAG: Readonly<Record<string, Scenario>> = {
  "ArtifactTag: create": {
    verb: "up",
    program: onTheirs,
    settled: (holdings, world) => names(holdings, world.theirs),
  },
  "ArtifactTag: update, to what is declared beside it": {
    verb: "up",
    prepare: (world) => world.engine.up([artifact(world), channel(world, world.theirs)]),
    program: onOurs,
    settled: (holdings, world) => tagged(holdings, ours(world), { stable: OPEN }),
  },
  "ArtifactTag: put back where it was moved from": {
    verb: "up",
    prepare: async (world) => {
      await world.engine.up(onOurs(world));
      await world.somebody.tag("stable", world.theirs);
      await world.engine.refresh();
    },
    program: onOurs,
    settled: (holdings, world) => tagged(holdings, ours(world), { stable: OPEN }),
  },
  "ArtifactTag: read": {
    verb: "refresh",
    prepare: (world) => world.engine.up(onTheirs(world)),
    program: onTheirs,
    settled: (holdings, world) => names(holdings, world.theirs),
  },
  "ArtifactTag: delete": {
    verb: "destroy",
    prepare: async (world) => {
      await world.engine.up(onOurs(world));
      note(world);
    },
    program: () => [],
    settled: gone,
  },
};
