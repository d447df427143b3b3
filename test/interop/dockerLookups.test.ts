import assert from "node:assert/strict";
import { after, before, describe } from "mocha";
import { findArtifact } from "../../provider/lookups/artifact.js";
import { findArtifactFile } from "../../provider/lookups/artifactFile.js";
import type { LookupContext } from "../../provider/lookups/context.js";
import { findManifests } from "../../provider/lookups/manifests.js";
import { findNewestTag } from "../../provider/lookups/newestTag.js";
import { findReferrers } from "../../provider/lookups/referrers.js";
import { findRepositories } from "../../provider/lookups/repositories.js";
import { findTags } from "../../provider/lookups/tags.js";
import { foreignTool } from "../../tools/installed.js";
import { contextFor } from "../provider/lookups/lookedUp.js";
import { CREDENTIALS, DockerRegistry } from "../support/dockerRegistry.js";
import { itWith } from "../support/foreignClients.js";
import { Somebody } from "../support/somebody.js";

const REPOSITORY = "team/app";

/** Results of look-ups without the `/acr/v1` API. */
describe("look-ups on docker-registry", function () {
  this.timeout(60_000);
  let registry: DockerRegistry | undefined;
  let somebody: Somebody;
  let context: LookupContext;
  let digest: string;

  before(async () => {
    if (foreignTool("docker-registry").path === undefined) return;
    registry = await DockerRegistry.start();
    somebody = new Somebody({ url: registry.url, credentials: CREDENTIALS }, REPOSITORY);
    context = contextFor({ ACR_LOGIN_SERVER: registry.url, ACR_CREDENTIAL: "anonymous" });
    await somebody.publish("older", "1.9.0");
    digest = await somebody.publish("newer", "1.10.0");
  });
  after(async () => {
    if (registry === undefined) return;
    context.sessions.close();
    somebody.close();
    await registry.close();
  });

  itWith(["docker-registry"], "find artifacts without ACR-only properties", async () => {
    const found = await findArtifact({ repository: REPOSITORY, tag: "1.10.0" }, context);
    assert.equal(found.digest, digest);
    assert.equal(found.layers.length, 1);
    assert.equal(found.artifactType, "application/vnd.example");
    const acrOnly = ["attributes", "tags", "tagMetadata", "createdTime", "lastUpdateTime"];
    assert.deepEqual(
      acrOnly.filter((name) => name in found),
      [],
    );
    await assert.rejects(findArtifact({ repository: REPOSITORY, tag: "2" }, context), {
      code: "NOT_FOUND",
    });
  });

  itWith(
    ["docker-registry"],
    "find the names of tags and the digest of the highest version",
    async () => {
      const { tags, loginServer } = await findTags({ repository: REPOSITORY }, context);
      const reference = (name: string): string => `${loginServer}/${REPOSITORY}:${name}`;
      assert.deepEqual(tags, [
        { name: "1.10.0", reference: reference("1.10.0") },
        { name: "1.9.0", reference: reference("1.9.0") },
      ]);
      const newest = await findNewestTag({ repository: REPOSITORY, by: "semver" }, context);
      assert.deepEqual([newest.name, newest.digest], ["1.10.0", digest]);
      await assert.rejects(findTags({ repository: "team/none" }, context), { code: "NOT_FOUND" });
    },
  );

  itWith(["docker-registry"], "refuse what needs ACR and name the argument", async () => {
    const rows: readonly [run: () => Promise<unknown>, argument: string][] = [
      [() => findTags({ repository: REPOSITORY, orderBy: "timedesc" }, context), "orderBy"],
      [() => findTags({ repository: REPOSITORY, digest }, context), "digest"],
      [() => findNewestTag({ repository: REPOSITORY, by: "time" }, context), "by"],
      [() => findManifests({ repository: REPOSITORY }, context), "manifests"],
    ];
    for (const [run, argument] of rows) {
      await assert.rejects(run(), (error: Error & { code?: string }) => {
        assert.equal(error.code, "UNSUPPORTED");
        assert.match(error.message, new RegExp(`^${argument}: only Azure Container Registry`));
        return true;
      });
    }
  });

  itWith(["docker-registry"], "find referrers and repositories, and look for files", async () => {
    const referrer = await somebody.publish("signature", undefined, digest);
    const { referrers } = await findReferrers({ repository: REPOSITORY, digest }, context);
    // This registry has no referrers API: it is found under the tag that its publisher wrote.
    assert.deepEqual(
      referrers.map((one) => one.digest),
      [referrer],
    );
    const { repositories } = await findRepositories({ prefix: "team/" }, context);
    assert.deepEqual(repositories, [REPOSITORY]);
    await assert.rejects(
      findArtifactFile({ repository: REPOSITORY, digest, title: "none" }, context),
      { code: "NOT_FOUND", message: /its layers have no titles/ },
    );
  });
});
