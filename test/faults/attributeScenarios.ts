import type { Bag, Declaration } from "../support/miniEngine.js";
import { artifact, gone, has, ours, type Scenario, tagged } from "./scenario.js";
import { CLOSED, type Holdings, OPEN, type World } from "./world.js";

const HIDDEN_FROM_LISTS = { readEnabled: false };

/** A lock on a tag that somebody else moves. */
function lock(world: World, inputs: Bag = {}): Declaration {
  return {
    name: "lock",
    kind: "TagLock",
    inputs: { repository: world.repository, tag: "theirs", ...inputs },
  };
}

function properties(world: World, inputs: Bag): Declaration {
  const { repository, theirs: digest } = world;
  return {
    name: "properties",
    kind: "ManifestProperties",
    inputs: { repository, digest, ...inputs },
  };
}

function theirs({ tags, manifests }: Holdings, world: World, tag: Bag, manifest: Bag): void {
  has(tags.get("theirs")?.attributes, tag, "theirs");
  has(manifests.get(world.theirs)?.attributes, manifest, "their manifest");
}

export const TAG_LOCK: Readonly<Record<string, Scenario>> = {
  "TagLock: create": {
    verb: "up",
    managesTheirs: true,
    program: (world) => [lock(world)],
    settled: (holdings, world) => theirs(holdings, world, CLOSED, CLOSED),
  },
  "TagLock: update, without the manifest": {
    verb: "up",
    managesTheirs: true,
    prepare: (world) => world.engine.up([lock(world)]),
    program: (world) => [lock(world, { lockManifest: false, deleteEnabled: true })],
    settled: (holdings, world) =>
      theirs(holdings, world, { deleteEnabled: true, writeEnabled: false }, OPEN),
  },
  "TagLock: put back what was opened": {
    verb: "up",
    managesTheirs: true,
    prepare: async (world) => {
      await world.engine.up([lock(world)]);
      await world.somebody.setTagAttributes("theirs", OPEN);
      await world.somebody.setManifestAttributes(world.theirs, OPEN);
      await world.engine.refresh();
    },
    program: (world) => [lock(world)],
    settled: (holdings, world) => theirs(holdings, world, CLOSED, CLOSED),
  },
  "TagLock: read": {
    verb: "refresh",
    managesTheirs: true,
    prepare: (world) => world.engine.up([lock(world)]),
    program: (world) => [lock(world)],
    settled: (holdings, world) => theirs(holdings, world, CLOSED, CLOSED),
  },
  "TagLock: delete": {
    verb: "destroy",
    managesTheirs: true,
    prepare: (world) => world.engine.up([lock(world)]),
    program: () => [],
    settled: (holdings, world) => theirs(holdings, world, OPEN, OPEN),
  },
};

export const MANIFEST_PROPERTIES: Readonly<Record<string, Scenario>> = {
  "ManifestProperties: create": {
    verb: "up",
    managesTheirs: true,
    program: (world) => [properties(world, CLOSED)],
    settled: (holdings, world) => theirs(holdings, world, OPEN, CLOSED),
  },
  "ManifestProperties: update": {
    verb: "up",
    managesTheirs: true,
    prepare: (world) => world.engine.up([properties(world, CLOSED)]),
    program: (world) => [properties(world, { writeEnabled: false, ...HIDDEN_FROM_LISTS })],
    settled: (holdings, world) =>
      theirs(holdings, world, OPEN, {
        deleteEnabled: true,
        writeEnabled: false,
        ...HIDDEN_FROM_LISTS,
      }),
  },
  "ManifestProperties: read": {
    verb: "refresh",
    managesTheirs: true,
    prepare: (world) => world.engine.up([properties(world, CLOSED)]),
    program: (world) => [properties(world, CLOSED)],
    settled: (holdings, world) => theirs(holdings, world, OPEN, CLOSED),
  },
  "ManifestProperties: delete": {
    verb: "destroy",
    managesTheirs: true,
    prepare: (world) => world.engine.up([properties(world, CLOSED)]),
    program: () => [],
    settled: (holdings, world) => theirs(holdings, world, OPEN, OPEN),
  },
};

function ofRepository(world: World, inputs: Bag): Declaration[] {
  const { repository } = world;
  return [{ name: "all", kind: "RepositoryProperties", inputs: { repository, ...inputs } }];
}

function repositoryHas({ repository }: Holdings, attributes: Bag): void {
  has(repository, attributes, "the repository");
}

export const REPOSITORY_PROPERTIES: Readonly<Record<string, Scenario>> = {
  "RepositoryProperties: create": {
    verb: "up",
    program: (world) => ofRepository(world, CLOSED),
    settled: (holdings) => repositoryHas(holdings, CLOSED),
  },
  "RepositoryProperties: update": {
    verb: "up",
    prepare: (world) => world.engine.up(ofRepository(world, CLOSED)),
    program: (world) => ofRepository(world, { writeEnabled: false, listEnabled: false }),
    settled: (holdings) =>
      repositoryHas(holdings, { deleteEnabled: true, writeEnabled: false, listEnabled: false }),
  },
  "RepositoryProperties: read": {
    verb: "refresh",
    prepare: (world) => world.engine.up(ofRepository(world, CLOSED)),
    program: (world) => ofRepository(world, CLOSED),
    settled: (holdings) => repositoryHas(holdings, CLOSED),
  },
  "RepositoryProperties: delete": {
    verb: "destroy",
    prepare: (world) => world.engine.up(ofRepository(world, CLOSED)),
    program: () => [],
    settled: (holdings) => repositoryHas(holdings, OPEN),
  },
};

/** An artifact and a lock on its tag, of one stack. */
function locked(world: World): Declaration[] {
  const { repository } = world;
  return [
    artifact(world, { tags: ["v1"] }),
    { name: "lock", kind: "TagLock", inputs: { repository, tag: "v1" } },
  ];
}

export const TOGETHER: Readonly<Record<string, Scenario>> = {
  "an artifact and a TagLock: create": {
    verb: "up",
    program: locked,
    settled: (holdings, world) => tagged(holdings, ours(world), { v1: CLOSED }, CLOSED),
  },
  "an artifact and a TagLock: delete": {
    verb: "destroy",
    prepare: (world) => world.engine.up(locked(world)),
    program: () => [],
    settled: gone,
  },
};
