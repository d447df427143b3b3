import assert from "node:assert/strict";
import type { Declaration } from "../support/miniEngine.js";
import { Somebody } from "../support/somebody.js";
import { gone, type Scenario, tagged } from "./scenario.js";
import { OPEN, type World } from "./world.js";

/** The source: an index of two, an SBOM of one of them and a signature of the index. */
const NAMES = ["amd64", "arm64", "index", "sbom", "signature"] as const;

function repositoryOf(world: World): string {
  return `${world.repository}-dev`;
}

/** Publishes it beside the world's repository, and notes the digests. */
async function release(world: World): Promise<void> {
  const dev = new Somebody(world.emulator, repositoryOf(world), world.engine.manners);
  try {
    const amd64 = await dev.publish("amd64");
    const arm64 = await dev.publish("arm64");
    const index = await dev.publishIndex([amd64, arm64]);
    const sbom = await dev.publish("sbom", undefined, amd64);
    const signature = await dev.publish("signature", undefined, index);
    const made = { amd64, arm64, index, sbom, signature };
    for (const name of NAMES) world.noted.set(name, made[name]);
  } finally {
    dev.close();
  }
}

function copy(world: World): Declaration {
  const source = { repository: repositoryOf(world), digest: world.noted.get("index") };
  const inputs = { source, repository: world.repository, tags: ["v1"] };
  return { name: "app", kind: "ArtifactCopy", inputs };
}

/** Exactly its manifests are there. */
const settled: Scenario["settled"] = (holdings, world) => {
  const expected = NAMES.map((name) => world.noted.get(name));
  const found = [...holdings.manifests.keys()].filter((digest) => !world.isForeign(digest));
  assert.deepEqual(new Set(found), new Set(expected), "manifests of ours");
  tagged(holdings, String(world.noted.get("index")), { v1: OPEN });
};

export const COPY: Readonly<Record<string, Scenario>> = {
  "copy an index with referrers": {
    verb: "up",
    prepare: (world) => release(world),
    program: (world) => [copy(world)],
    settled,
  },
  "destroy a copy with all that came along": {
    verb: "destroy",
    prepare: async (world) => {
      await release(world);
      await world.engine.up([copy(world)]);
    },
    program: () => [],
    settled: gone,
  },
};
