import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { FaultAction } from "../../../emulator/index.js";
import { hasCode } from "../../../provider/errors.js";
import { findArtifact } from "../../../provider/lookups/artifact.js";
import { findArtifactFile } from "../../../provider/lookups/artifactFile.js";
import { findReferrers } from "../../../provider/lookups/referrers.js";
import { findManifests } from "../../../provider/lookups/manifests.js";
import { findNewestTag } from "../../../provider/lookups/newestTag.js";
import { findRepositories } from "../../../provider/lookups/repositories.js";
import { findTags } from "../../../provider/lookups/tags.js";
import { Somebody } from "../../support/somebody.js";
import { eachWithLookups, type LookupScene } from "./lookedUp.js";

const REPOSITORY = "charts/web";
const PAGE = 3;

/** The arguments of each listing, and the list in its result. */
const LISTINGS: Readonly<Record<string, (scene: LookupScene) => Promise<readonly unknown[]>>> = {
  findTags: async ({ context }) => (await findTags({ repository: REPOSITORY }, context)).tags,
  findManifests: async ({ context }) =>
    (await findManifests({ repository: REPOSITORY }, context)).manifests,
  findRepositories: async ({ context }) => (await findRepositories({}, context)).repositories,
  "findNewestTag by semver": async ({ context }) => [
    await findNewestTag({ repository: REPOSITORY, by: "semver" }, context),
  ],
};

describe("look-ups of lists", () => {
  let scene: LookupScene;
  eachWithLookups((fresh) => (scene = fresh), { pageSize: PAGE, largestPage: PAGE });

  it("refuse a repository that begins with its registry, without a request", async () => {
    const registry = { loginServer: "myregistry.azurecr.io" };
    const args = { repository: "myregistry.azurecr.io/charts/web", registry };
    const tag = { ...args, tag: "v1" };
    const { context } = scene;
    for (const ask of [
      () => findTags(args, context),
      () => findManifests(args, context),
      () => findNewestTag({ ...args, by: "semver" }, context),
      () => findArtifact(tag, context),
      () => findReferrers(tag, context),
      () => findArtifactFile({ ...tag, title: "file" }, context),
    ]) {
      await assert.rejects(ask(), {
        property: "repository",
        message:
          /begins with the registry's login server: give the repository alone, "charts\/web"/,
      });
    }
  });

  /** Seven tags, newest last; two manifests without a tag; and seven more repositories. */
  async function publishMany(): Promise<string[]> {
    const digests: string[] = [];
    for (let minor = 0; minor < 7; minor += 1) {
      digests.push(await scene.somebody.publish(`content ${minor}`, `1.${minor}.0`));
    }
    await scene.somebody.publish("untagged");
    await scene.somebody.publish("another");
    for (let number = 0; number < 7; number += 1) {
      const other = new Somebody(scene.emulator, `team${number}/app`);
      await other.publish("app", "1.0.0");
      other.close();
    }
    scene.requests();
    return digests;
  }

  it("tags: every page is read, in the order of names", async () => {
    const digests = await publishMany();
    const { tags, loginServer } = await findTags({ repository: REPOSITORY }, scene.context);
    assert.deepEqual(
      tags.map(({ name, digest }) => [name, digest]),
      digests.map((digest, minor) => [`1.${minor}.0`, digest]),
    );
    assert.equal(tags[0]?.reference, `${loginServer}/${REPOSITORY}:1.0.0`);
    assert.equal(tags[0].attributes?.writeEnabled, true);
    const requests = scene.requests();
    assert.equal(requests.length, 3);
    assert.equal(requests[0], `GET /acr/v1/${REPOSITORY}/_tags?n=1000`);
  });

  it("tags: filters, orders and limits", async () => {
    const digests = await publishMany();
    const names = async (query: object): Promise<string[]> =>
      (await findTags({ repository: REPOSITORY, ...query }, scene.context)).tags.map(
        ({ name }) => name,
      );
    assert.deepEqual(await names({ matching: "1.[1-3].*" }), ["1.1.0", "1.2.0", "1.3.0"]);
    assert.deepEqual(await names({ matching: "1.1" }), []);
    assert.deepEqual(await names({ matching: "{1.0.0,2*}" }), ["1.0.0"]);
    assert.deepEqual(await names({ digest: digests[4] }), ["1.4.0"]);
    assert.deepEqual((await names({ orderBy: "timedesc" })).slice(0, 2), ["1.6.0", "1.5.0"]);
    assert.deepEqual((await names({ orderBy: "timeasc" })).slice(0, 2), ["1.0.0", "1.1.0"]);
    scene.requests();
    assert.deepEqual(await names({ orderBy: "timedesc", limit: 2 }), ["1.6.0", "1.5.0"]);
    assert.deepEqual(scene.requests(), [`GET /acr/v1/${REPOSITORY}/_tags?n=2&orderby=timedesc`]);
    assert.deepEqual(await names({ matching: "*.[45].0", limit: 1 }), ["1.4.0"]);
    assert.equal(scene.requests().length, 2);
  });

  it("manifests: filters, orders and limits", async () => {
    const digests = await publishMany();
    const index = await scene.somebody.publishIndex(String(digests[0]));
    const list = async (query: object): Promise<string[]> =>
      (await findManifests({ repository: REPOSITORY, ...query }, scene.context)).manifests.map(
        ({ digest }) => digest,
      );
    assert.equal((await list({})).length, 10);
    assert.deepEqual((await list({ tagged: true })).sort(), [...digests].sort());
    assert.equal((await list({ tagged: false })).length, 3);
    const mediaType = "application/vnd.oci.image.index.v1+json";
    assert.deepEqual(await list({ mediaType }), [index]);
    assert.deepEqual(await list({ orderBy: "timedesc", limit: 1 }), [index]);
    const empty = "application/vnd.oci.empty.v1+json";
    assert.equal((await list({ configMediaType: empty, limit: 4 })).length, 4);
    scene.requests();
    assert.equal((await list({ artifactType: "application/vnd.example", tagged: true })).length, 7);
    const reads = scene.requests().filter((line) => line.startsWith("GET /v2/"));
    assert.equal(reads.length, 7);
    // Six are read at the same time; the first is one.
    assert.equal((await list({ artifactType: "application/vnd.example", limit: 1 })).length, 1);
    const asked = scene.requests().filter((line) => line.startsWith("GET /v2/"));
    assert.equal(asked.length, 6);
    assert.deepEqual(await list({ artifactType: "application/vnd.other" }), []);
  });

  it("repositories: by prefix and by pattern", async () => {
    await publishMany();
    const names = async (query: object): Promise<readonly string[]> =>
      (await findRepositories(query, scene.context)).repositories;
    assert.equal((await names({})).length, 8);
    assert.equal(scene.requests().length, 3);
    assert.deepEqual(await names({ prefix: "charts/" }), [REPOSITORY]);
    assert.deepEqual(await names({ prefix: "none" }), []);
    assert.deepEqual(await names({ matching: "team[01]/*" }), ["team0/app", "team1/app"]);
    assert.deepEqual(await names({ matching: "app" }), []);
    assert.deepEqual(await names({ matching: "**/web" }), [REPOSITORY]);
    scene.requests();
    assert.deepEqual(await names({ limit: 2 }), [REPOSITORY, "team0/app"]);
    assert.deepEqual(scene.requests(), ["GET /acr/v1/_catalog?n=2"]);
  });

  it("a missing repository is an error, not an empty list", async () => {
    await scene.somebody.publish("hello", "1");
    const repository = "charts/wbe";
    const finds = [
      () => findTags({ repository }, scene.context),
      () => findTags({ repository, matching: "1" }, scene.context),
      () => findManifests({ repository }, scene.context),
      () => findNewestTag({ repository, by: "time" }, scene.context),
      () => findNewestTag({ repository, by: "semver" }, scene.context),
    ];
    for (const find of finds) {
      await assert.rejects(find(), {
        code: "NOT_FOUND",
        message: `${scene.emulator.loginServer}/charts/wbe does not exist`,
      });
    }
  });

  it("refuse invalid arguments before any request, with the property", async () => {
    const { context } = scene;
    scene.requests();
    const rows: readonly [run: () => Promise<unknown>, property: string][] = [
      [() => findTags({ repository: "Charts" }, context), "repository"],
      [() => findTags({ repository: "a", matching: "[" }, context), "matching"],
      [() => findTags({ repository: "a", matching: "!a" }, context), "matching"],
      [() => findTags({ repository: "a", limit: 0 }, context), "limit"],
      [() => findTags({ repository: "a", orderBy: "time" as never }, context), "orderBy"],
      [() => findManifests({ repository: "a", mediaType: "index" }, context), "mediaType"],
      [() => findNewestTag({ repository: "a" } as never, context), "by"],
      [() => findNewestTag({ repository: "a", by: "time", range: "1" }, context), "range"],
      [() => findNewestTag({ repository: "a", by: "semver", range: "one" }, context), "range"],
      [() => findRepositories({ filter: "a" } as never, context), "filter"],
    ];
    for (const [run, property] of rows) {
      await assert.rejects(run(), { code: "INPUT_INVALID", property });
    }
    assert.deepEqual(scene.requests(), []);
  });

  const breaks: readonly [name: string, action: FaultAction][] = [
    ["the connection is cut within the page", { type: "truncate", bytes: 30 }],
    ["the page is cut and looks whole", json('{"repositories":["a"')],
    ["a page of a proxy comes", { type: "status", status: 200, body: "<html>" }],
    ["the page is no list", json('{"tags":{},"manifests":{},"repositories":{}}')],
    ["the service fails", { type: "status", status: 503 }],
    [
      "the repository is gone in the middle",
      {
        type: "status",
        status: 404,
        code: "NAME_UNKNOWN",
      },
    ],
    ["the page repeats itself", json("{}", { link: '<?last=x>; rel="next"' })],
  ];
  for (const [name, find] of Object.entries(LISTINGS)) {
    for (const [what, action] of breaks) {
      it(`${name} fails when ${what}`, async () => {
        await publishMany();
        scene.emulator.faults.add({
          path: /\/(?:_tags|_manifests|_catalog)$/,
          nth: 2,
          times: Infinity,
          action,
        });
        await assert.rejects(find(scene), (error) =>
          hasCode(error, "PROTOCOL", "UNAVAILABLE", "NOT_FOUND"),
        );
      });
    }

    it(`${name} requests a page again that was cut once`, async () => {
      await publishMany();
      const path = /\/(?:_tags|_manifests|_catalog)$/;
      const whole = await find(scene);
      scene.emulator.faults.add({ path, nth: 2, action: { type: "truncate", bytes: 30 } });
      assert.deepEqual(await find(scene), whole);
    });
  }
});

function json(body: string, headers: Readonly<Record<string, string>> = {}): FaultAction {
  const type = { "content-type": "application/json" };
  return { type: "status", status: 200, body, headers: { ...type, ...headers } };
}
