import assert from "node:assert/strict";
import type { Bag, Declaration } from "../support/miniEngine.js";
import { artifact, gone, has, ours, type Scenario, tagged } from "./scenario.js";
import { CLOSED, type Holdings, OPEN, type World } from "./world.js";

function descriptor({ mediaType, digest, size }: Bag): Bag {
  return { mediaType, digest, size };
}

/** An index over the artifact that is declared before it. */
function index(world: World, inputs: Bag): Declaration {
  const { repository } = world;
  return {
    name: "index",
    kind: "OciIndex",
    inputs: (outputsOf) => ({
      repository,
      manifests: [descriptor(outputsOf("app"))],
      ...inputs,
    }),
  };
}

function program(inputs: Bag): (world: World) => Declaration[] {
  return (world) => [artifact(world), index(world, inputs)];
}

/** Exactly these tags name the index. */
function indexed(
  { tags, manifests }: Holdings,
  world: World,
  expected: readonly string[],
  attributes: Bag,
): void {
  const digest = String(world.engine.resource("index").outputs["digest"]);
  const naming = [...tags].filter(([, thing]) => thing.digest === digest).map(([tag]) => tag);
  assert.deepEqual(naming.sort(), expected, "tags of the index");
  has(manifests.get(digest)?.attributes, attributes, "the index");
  assert.ok(manifests.has(ours(world)), "what the index names");
}

export const OCI_INDEX: Readonly<Record<string, Scenario>> = {
  "OciIndex: create with a tag and a lock": {
    verb: "up",
    prepare: (world) => world.engine.up([artifact(world)]),
    program: program({ tags: ["all"], lock: true }),
    settled: (holdings, world) => indexed(holdings, world, ["all"], CLOSED),
  },
  "OciIndex: update, another tag": {
    verb: "up",
    prepare: (world) => world.engine.up(program({ tags: ["all"], onReplace: "delete" })(world)),
    program: program({ tags: ["every"], onReplace: "delete" }),
    settled: (holdings, world) => indexed(holdings, world, ["every"], OPEN),
  },
  "OciIndex: read": {
    verb: "refresh",
    prepare: (world) => world.engine.up(program({ tags: ["all"] })(world)),
    program: program({ tags: ["all"] }),
    settled: (holdings, world) => indexed(holdings, world, ["all"], OPEN),
  },
  "OciIndex: delete, and then what it names": {
    verb: "destroy",
    prepare: (world) => world.engine.up(program({ tags: ["all"] })(world)),
    program: () => [],
    settled: gone,
  },
};

/** A list of materials about the artifact that is declared before it. */
function withReferrer(inputs: Bag = {}): (world: World) => Declaration[] {
  return (world) => [
    artifact(world, { tags: ["v1"] }),
    {
      name: "sbom",
      kind: "OciArtifact",
      inputs: (outputsOf) => ({
        repository: world.repository,
        artifactType: "application/vnd.example.sbom",
        layers: [{ content: "materials" }],
        subject: descriptor(outputsOf("app")),
        ...inputs,
      }),
    },
  ];
}

function referred(holdings: Holdings, world: World, tags: readonly string[]): void {
  tagged(holdings, ours(world), { v1: OPEN });
  const digest = String(world.engine.resource("sbom").outputs["digest"]);
  assert.ok(holdings.manifests.has(digest), "the referrer");
  const naming = [...holdings.tags].filter(([, thing]) => thing.digest === digest);
  assert.deepEqual(naming.map(([tag]) => tag).sort(), tags, "tags of the referrer");
}

export const REFERRER: Readonly<Record<string, Scenario>> = {
  "an artifact with a subject: create": {
    verb: "up",
    prepare: (world) => world.engine.up([artifact(world, { tags: ["v1"] })]),
    program: withReferrer(),
    settled: (holdings, world) => referred(holdings, world, []),
  },
  "an artifact with a subject: update, add a tag": {
    verb: "up",
    prepare: (world) => world.engine.up(withReferrer()(world)),
    program: withReferrer({ tags: ["sbom"] }),
    settled: (holdings, world) => referred(holdings, world, ["sbom"]),
  },
  "an artifact with a subject: read": {
    verb: "refresh",
    prepare: (world) => world.engine.up(withReferrer()(world)),
    program: withReferrer(),
    settled: (holdings, world) => referred(holdings, world, []),
  },
  "an artifact with a subject: delete, and then its subject": {
    verb: "destroy",
    prepare: (world) => world.engine.up(withReferrer()(world)),
    program: () => [],
    settled: gone,
  },
};
