import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { listedUses } from "../../../provider/artifact/familyUses.js";
import { planRemoval } from "../../../provider/artifact/removalPlan.js";
import { type Digest, digestOf } from "../../../provider/oci/digest.js";
import { OCI_MANIFEST } from "../../../provider/oci/mediaTypes.js";
import type { Repository } from "../../../provider/registry/repository.js";

const ATTRIBUTES = {
  deleteEnabled: true,
  writeEnabled: true,
  readEnabled: true,
  listEnabled: true,
};
const named = (name: string, count: number): Digest[] =>
  Array.from({ length: count }, (_, at) => digestOf(`${name} ${at}`));

/** Lists these manifests, without tags, and knows of no index and no referrer. */
function repositoryWith(digests: readonly Digest[]): Repository {
  async function* listed(): AsyncGenerator<object> {
    for (const digest of digests) {
      const one = { digest, mediaType: OCI_MANIFEST, tags: [], attributes: ATTRIBUTES };
      yield await Promise.resolve(one);
    }
  }
  async function* nothing(): AsyncGenerator<never> {
    // There is none.
  }
  return {
    attributes: { listManifests: listed },
    referrers: { list: nothing },
  } as unknown as Repository;
}

describe("who uses a family of manifests", () => {
  const [root = digestOf(""), ...children] = named("own", 5_000);
  const family = { digest: root, tags: [], included: children.map((digest) => ({ digest })) };
  const uses = (others: number) =>
    listedUses(repositoryWith([root, ...children, ...named("other", others)]), family, {});

  it("is looked for among up to 1,000 others, however large the family is", async () => {
    const found = await uses(1_000);
    if (typeof found === "string") assert.fail(found);
    assert.equal(planRemoval([{ digest: root }, ...family.included], found).size, 0);
  });

  it("cannot be told among more", async () => {
    const found = await uses(1_001);
    assert.ok(typeof found === "string");
    assert.match(found, /more than 1000 manifests/);
  });
});
