import assert from "node:assert/strict";
import { artifact, gone, note, ours, type Scenario, tagged } from "./scenario.js";
import { CLOSED, OPEN } from "./world.js";

const LARGE = "0123456789abcdef".repeat(10_000);

export const CREATE: Readonly<Record<string, Scenario>> = {
  "create with two tags and a lock": {
    verb: "up",
    program: (world) => [artifact(world, { tags: ["v1", "latest"], lock: true })],
    settled: (holdings, world) =>
      tagged(holdings, ours(world), { v1: CLOSED, latest: CLOSED }, CLOSED),
  },
  "create with a blob in chunks": {
    verb: "up",
    chunkSize: 64 * 1024,
    program: (world) => [artifact(world, { layers: [{ content: LARGE }], tags: ["v1"] })],
    settled: (holdings, world) => tagged(holdings, ours(world), { v1: OPEN }),
  },
  "create of what is there already": {
    verb: "up",
    prepare: async (world) => {
      await world.engine.up([artifact(world, { tags: ["v1"] })]);
      world.engine.state = [];
    },
    program: (world) => [artifact(world, { tags: ["v1", "v2"] })],
    settled: (holdings, world) => tagged(holdings, ours(world), { v1: OPEN, v2: OPEN }),
  },
};

export const UPDATE: Readonly<Record<string, Scenario>> = {
  "update: add a tag": {
    verb: "up",
    prepare: (world) => world.engine.up([artifact(world, { tags: ["v1"] })]),
    program: (world) => [artifact(world, { tags: ["v1", "v2"] })],
    settled: (holdings, world) => tagged(holdings, ours(world), { v1: OPEN, v2: OPEN }),
  },
  "update: drop a locked tag": {
    verb: "up",
    prepare: (world) => world.engine.up([artifact(world, { tags: ["v1", "v2"], lock: true })]),
    program: (world) => [artifact(world, { tags: ["v1"], lock: true, onReplace: "delete" })],
    settled: (holdings, world) => tagged(holdings, ours(world), { v1: CLOSED }, CLOSED),
  },
  "update: put back a tag that was moved": {
    verb: "up",
    prepare: async (world) => {
      await world.engine.up([artifact(world, { tags: ["v1"] })]);
      await world.somebody.tag("v1", world.theirs);
      await world.engine.refresh();
    },
    program: (world) => [artifact(world, { tags: ["v1"] })],
    settled: (holdings, world) => tagged(holdings, ours(world), { v1: OPEN }),
  },
  "update: lock": {
    verb: "up",
    prepare: (world) => world.engine.up([artifact(world, { tags: ["v1"] })]),
    program: (world) => [artifact(world, { tags: ["v1"], lock: true })],
    settled: (holdings, world) => tagged(holdings, ours(world), { v1: CLOSED }, CLOSED),
  },
  "update: unlock": {
    verb: "up",
    prepare: (world) => world.engine.up([artifact(world, { tags: ["v1"], lock: true })]),
    program: (world) => [artifact(world, { tags: ["v1"] })],
    settled: (holdings, world) => tagged(holdings, ours(world), { v1: OPEN }, OPEN),
  },
  "update: send a blob that is missing": {
    verb: "up",
    broken: true,
    prepare: async (world) => {
      await world.engine.up([artifact(world, { tags: ["v1"], verify: "blobs" })]);
      const { layerDescriptors } = world.engine.resource("app").outputs as unknown as Layers;
      await world.somebody.repository.blobs.delete(layerDescriptors[0].digest);
      await world.engine.refresh();
    },
    program: (world) => [artifact(world, { tags: ["v1"], verify: "blobs" })],
    settled: (holdings, world) => tagged(holdings, ours(world), { v1: OPEN }),
  },
  "replace, with a lock, by onReplace delete": {
    verb: "up",
    prepare: (world) =>
      world.engine.up([
        artifact(world, {
          tags: ["v1"],
          lock: true,
          onReplace: "delete",
          config: { mediaType: "application/vnd.example.config", content: "another config" },
        }),
      ]),
    program: (world) => [artifact(world, { tags: ["v1"], lock: true, onReplace: "delete" })],
    settled: (holdings, world) => {
      tagged(holdings, ours(world), { v1: CLOSED }, CLOSED);
      const mine = [...holdings.manifests.keys()].filter((digest) => !world.isForeign(digest));
      assert.deepEqual(mine, [ours(world)], "manifests of ours");
    },
  },
};

export const READ: Readonly<Record<string, Scenario>> = {
  "read with a lock and blobs": {
    verb: "refresh",
    prepare: (world) =>
      world.engine.up([artifact(world, { tags: ["v1"], lock: true, verify: "blobs" })]),
    program: (world) => [artifact(world, { tags: ["v1"], lock: true, verify: "blobs" })],
    settled: (holdings, world) => tagged(holdings, ours(world), { v1: CLOSED }, CLOSED),
  },
};

export const DELETE: Readonly<Record<string, Scenario>> = {
  delete: {
    verb: "destroy",
    prepare: (world) => world.engine.up([artifact(world, { tags: ["v1", "v2"] })]),
    program: () => [],
    settled: gone,
  },
  "delete with a lock": {
    verb: "destroy",
    prepare: (world) => world.engine.up([artifact(world, { tags: ["v1", "v2"], lock: true })]),
    program: () => [],
    settled: gone,
  },
  "delete where somebody else's tag names it": {
    verb: "destroy",
    prepare: async (world) => {
      await world.engine.up([artifact(world, { tags: ["v1"], lock: true })]);
      note(world);
      await world.somebody.setManifestAttributes(ours(world), OPEN);
      await world.somebody.tag("theirs-too", ours(world));
      await world.somebody.setManifestAttributes(ours(world), CLOSED);
    },
    program: () => [],
    settled: (holdings, world) => tagged(holdings, ours(world), { "theirs-too": OPEN }, OPEN),
  },
  'delete by onDelete "untag"': {
    verb: "destroy",
    prepare: async (world) => {
      await world.engine.up([artifact(world, { tags: ["v1"], lock: true, onDelete: "untag" })]);
      note(world);
    },
    program: () => [],
    settled: (holdings, world) => tagged(holdings, ours(world), {}, OPEN),
  },
  'delete by onDelete "retain"': {
    verb: "destroy",
    silent: true,
    prepare: async (world) => {
      await world.engine.up([artifact(world, { tags: ["v1"], lock: true, onDelete: "retain" })]);
      note(world);
    },
    program: () => [],
    settled: (holdings, world) => tagged(holdings, ours(world), { v1: CLOSED }, CLOSED),
  },
};

interface Layers {
  readonly layerDescriptors: readonly [{ readonly digest: string }];
}
