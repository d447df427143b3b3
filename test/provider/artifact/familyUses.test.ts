import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { listedUses } from "../../../provider/artifact/familyUses.js";
import { findUsers, listIndexes } from "../../../provider/artifact/manifestUsers.js";
import { planRemoval } from "../../../provider/artifact/removalPlan.js";
import { type Digest, digestOf } from "../../../provider/oci/digest.js";
import { encodeManifest } from "../../../provider/oci/manifest.js";
import { OCI_INDEX, OCI_MANIFEST } from "../../../provider/oci/mediaTypes.js";
import { referrersTag } from "../../../provider/registry/referrersDocument.js";
import type { Repository } from "../../../provider/registry/repository.js";

const ATTRIBUTES = {
  deleteEnabled: true,
  writeEnabled: true,
  readEnabled: true,
  listEnabled: true,
};
const named = (name: string, count: number): Digest[] =>
  Array.from({ length: count }, (_, at) => digestOf(`${name} ${at}`));

/** Lists these manifests without tags, and has no index and no referrer. */
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

  it("is searched among up to 1,000 other manifests, however large the family is", async () => {
    const found = await uses(1_000);
    if (typeof found === "string") assert.fail(found);
    assert.equal(planRemoval([{ digest: root }, ...family.included], found).size, 0);
  });

  it("is unknown if there are more", async () => {
    const found = await uses(1_001);
    assert.ok(typeof found === "string");
    assert.match(found, /more than 1000 manifests/);
  });
});

describe("an index that is tagged as the list of a manifest's referrers", () => {
  const [subject = digestOf(""), referrer = digestOf("")] = named("one", 2);
  const list = encodeManifest({
    schemaVersion: 2,
    mediaType: OCI_INDEX,
    manifests: [{ mediaType: OCI_MANIFEST, digest: referrer, size: 1 }],
  });

  /** Has only the list, under these tags. */
  function repositoryOf(tags: readonly string[]): Repository {
    async function* listed(): AsyncGenerator<object> {
      yield await Promise.resolve({ ...list.descriptor, tags, attributes: ATTRIBUTES });
    }
    async function* nothing(): AsyncGenerator<never> {
      // There is none.
    }
    return {
      attributes: { listManifests: listed, manifest: () => Promise.resolve(undefined) },
      referrers: { list: nothing },
      manifests: { fetch: () => Promise.resolve(list) },
    } as unknown as Repository;
  }

  const own = referrersTag(subject);
  for (const [tags, uses] of [
    [[own], false],
    [[own, "v1"], true],
    [["v1", own], true],
    [["v1"], true],
  ] as const) {
    it(`${uses ? "uses" : "does not use"} the referrer, tagged ${tags.map((tag) => (tag === own ? "as the list" : tag)).join(" and ")}`, async () => {
      const repository = repositoryOf(tags);
      const included = [{ digest: referrer, subject }];
      const found = await listedUses(repository, { digest: subject, tags: [], included }, {});
      if (typeof found === "string") assert.fail(found);
      const staying = planRemoval([{ digest: subject }, ...included], found);
      assert.equal(staying.has(referrer), uses);

      const manifest = { digest: referrer, subject };
      const indexes = () => listIndexes(repository, manifest, {});
      const { user } = await findUsers(repository, manifest, indexes, {});
      assert.equal(user !== undefined, uses);
    });
  }
});
