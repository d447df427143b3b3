import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { findReferrers } from "../../../provider/lookups/referrers.js";
import { ABSENT_DIGEST } from "../../support/somebody.js";
import { eachWithLookups, type LookupScene } from "./lookedUp.js";

const REPOSITORY = "charts/web";

describe("findReferrers", () => {
  let scene: LookupScene;
  eachWithLookups((fresh) => (scene = fresh));

  it("returns the referrers of a manifest, by digest and by tag", async () => {
    const subject = await scene.somebody.publish("app", "1");
    const one = await scene.somebody.publish("signature", undefined, subject);
    const two = await scene.somebody.publish("sbom", undefined, subject);
    scene.requests();
    const args = { repository: REPOSITORY, digest: subject };
    const found = await findReferrers(args, scene.context);
    assert.equal(scene.requests().length, 2);
    assert.equal(found.digest, subject);
    assert.deepEqual(found.referrers.map(({ digest }) => digest).sort(), [one, two].sort());
    const [referrer] = found.referrers;
    assert.equal(referrer?.artifactType, "application/vnd.example");
    assert.equal(referrer.reference, `${found.loginServer}/${REPOSITORY}@${referrer.digest}`);
    const byTag = await findReferrers({ repository: REPOSITORY, tag: "1" }, scene.context);
    assert.deepEqual(byTag, found);
  });

  it("filters by type", async () => {
    const digest = await scene.somebody.publish("app");
    await scene.somebody.publish("signature", undefined, digest);
    const count = async (artifactType: string): Promise<number> =>
      (await findReferrers({ repository: REPOSITORY, digest, artifactType }, scene.context))
        .referrers.length;
    assert.equal(await count("application/vnd.example"), 1);
    assert.equal(await count("application/vnd.other"), 0);
  });

  it("is empty if there are none, and fails if there is no subject", async () => {
    const digest = await scene.somebody.publish("app", "1");
    const none = await findReferrers({ repository: REPOSITORY, digest }, scene.context);
    assert.deepEqual(none.referrers, []);
    const name = `${scene.emulator.loginServer}/${REPOSITORY}`;
    for (const [args, missing] of [
      [{ digest: ABSENT_DIGEST }, `${name}@${ABSENT_DIGEST}`],
      [{ tag: "2" }, `${name}:2`],
    ] as const) {
      await assert.rejects(findReferrers({ repository: REPOSITORY, ...args }, scene.context), {
        code: "NOT_FOUND",
        message: `${missing} does not exist`,
      });
    }
  });
});
