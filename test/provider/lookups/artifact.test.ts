import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { hasCode } from "../../../provider/errors.js";
import { findArtifact } from "../../../provider/lookups/artifact.js";
import { ABSENT_DIGEST } from "../../support/somebody.js";
import { contextFor, eachWithLookups, type LookupScene } from "./lookedUp.js";

const REPOSITORY = "charts/web";

describe("findArtifact", () => {
  let scene: LookupScene;
  eachWithLookups((fresh) => (scene = fresh));

  it("returns all data of an artifact by tag, in three requests", async () => {
    const { emulator, somebody, context } = scene;
    const digest = await somebody.publish("hello", "1.2.3");
    await somebody.setTagAttributes("1.2.3", { writeEnabled: false });
    scene.requests();
    const found = await findArtifact({ repository: REPOSITORY, tag: "1.2.3" }, context);
    assert.deepEqual(scene.requests().sort(), [
      `GET /acr/v1/${REPOSITORY}/_manifests/${digest}`,
      `GET /acr/v1/${REPOSITORY}/_tags/1.2.3`,
      `GET /v2/${REPOSITORY}/manifests/1.2.3`,
    ]);
    const { createdTime, lastUpdateTime, tagMetadata, size, layers, ...rest } = found;
    assert.deepEqual(rest, {
      loginServer: emulator.loginServer,
      repository: REPOSITORY,
      tag: "1.2.3",
      digest,
      reference: `${emulator.loginServer}/${REPOSITORY}@${digest}`,
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      artifactType: "application/vnd.example",
      configMediaType: "application/vnd.oci.empty.v1+json",
      annotations: {},
      manifests: [],
      tags: ["1.2.3"],
      attributes: { deleteEnabled: true, writeEnabled: true, readEnabled: true, listEnabled: true },
    });
    assert.ok(size > 100);
    assert.deepEqual(
      layers.map((layer) => [layer.mediaType, layer.size]),
      [["text/plain", 5]],
    );
    assert.match(String(createdTime), /^\d{4}-.*Z$/);
    assert.match(String(lastUpdateTime), /^\d{4}-.*Z$/);
    assert.equal(tagMetadata?.attributes?.writeEnabled, false);
  });

  it("finds it by digest, and by a full reference", async () => {
    const { emulator, somebody, context } = scene;
    const digest = await somebody.publish("hello");
    const byDigest = await findArtifact({ repository: REPOSITORY, digest }, context);
    assert.deepEqual(byDigest.tags, []);
    assert.equal("tag" in byDigest || "tagMetadata" in byDigest, false);
    scene.requests();
    const reference = `${emulator.loginServer}/${REPOSITORY}@${digest}`;
    assert.deepEqual(await findArtifact({ reference }, context), byDigest);
    assert.equal(scene.requests().length, 2);
  });

  it("returns the manifests of an index and the subject of an artifact", async () => {
    const { emulator, somebody, context } = scene;
    const child = await somebody.publish("child");
    await somebody.publishIndex(child, "index");
    const index = await findArtifact({ repository: REPOSITORY, tag: "index" }, context);
    const reference = `${emulator.loginServer}/${REPOSITORY}@${child}`;
    assert.deepEqual(
      index.manifests.map((one) => one.reference),
      [reference],
    );
    assert.equal(index.artifactType, undefined);
    const digest = await somebody.publish("signature", undefined, child);
    const referrer = await findArtifact({ repository: REPOSITORY, digest }, context);
    assert.equal(referrer.subject?.digest, child);
  });

  it("uses one client and one access token for all look-ups of a program", async () => {
    const { emulator, somebody, context } = scene;
    const digest = await somebody.publish("hello", "1");
    emulator.journal.clear();
    await findArtifact({ repository: REPOSITORY, tag: "1" }, context);
    await findArtifact({ repository: REPOSITORY, digest }, context);
    const tokens = emulator.journal.entries.filter(({ path }) => path === "/oauth2/token");
    assert.equal(tokens.length, 1);
  });

  it("names what does not exist", async () => {
    const { emulator, somebody, context } = scene;
    await somebody.publish("hello", "1");
    const rows = [
      { args: { repository: REPOSITORY, tag: "2" }, name: `${REPOSITORY}:2` },
      { args: { repository: REPOSITORY, digest: ABSENT_DIGEST }, name: `@${ABSENT_DIGEST}` },
      { args: { repository: "charts/none", tag: "1" }, name: "charts/none:1" },
    ];
    for (const { args, name } of rows) {
      await assert.rejects(findArtifact(args, context), (error: Error) => {
        assert.ok(error.message.startsWith(`${emulator.loginServer}/`), error.message);
        assert.ok(error.message.endsWith(`${name} does not exist`), error.message);
        return hasCode(error, "NOT_FOUND");
      });
    }
  });

  it("does not take a refusal or a proxy's page for absence", async () => {
    const { emulator, somebody, context } = scene;
    await somebody.publish("hello", "1");
    const find = (): Promise<unknown> =>
      findArtifact({ repository: REPOSITORY, tag: "1" }, context);
    const path = /\/manifests\//;
    for (const status of [403, 404, 500]) {
      emulator.faults.add({ path, times: Infinity, action: { type: "status", status, body: "?" } });
      await assert.rejects(find(), (error) => !hasCode(error, "NOT_FOUND"));
      emulator.faults.clear();
    }
  });

  it("refuses invalid arguments before any request, with the property", async () => {
    const { context } = scene;
    scene.requests();
    const rows: readonly [args: object, property: string][] = [
      [{}, "repository"],
      [{ repository: REPOSITORY }, "tag"],
      [{ repository: REPOSITORY, tag: "1", digest: ABSENT_DIGEST }, "tag"],
      [{ repository: REPOSITORY, tag: ABSENT_DIGEST }, "tag"],
      [{ repository: REPOSITORY, digest: "1" }, "digest"],
      [{ repository: "Charts", tag: "1" }, "repository"],
      [{ reference: "charts/web:1" }, "reference"],
      [{ reference: `r.azurecr.io/a@${ABSENT_DIGEST}`, tag: "1" }, "tag"],
      [
        { reference: "r.azurecr.io/a:1", registry: { loginServer: "s.azurecr.io" } },
        "registry.loginServer",
      ],
      [{ repository: REPOSITORY, tagg: "1" }, "tagg"],
      [{ repository: REPOSITORY, tag: "1", registry: { user: "x" } }, "registry.user"],
    ];
    for (const [args, property] of rows) {
      await assert.rejects(findArtifact(args as never, context), {
        code: "INPUT_INVALID",
        property,
      });
    }
    assert.deepEqual(scene.requests(), []);
  });

  it("does not show a password in an error", async () => {
    const secret = "3f6a8b1c9d";
    const registry = { loginServer: "http://example.com", username: "u", password: secret };
    const args = { repository: REPOSITORY, tag: "1", registry };
    await assert.rejects(findArtifact(args, scene.context), (error: Error) => {
      assert.equal(error.message.includes(secret), false);
      return hasCode(error, "INPUT_INVALID");
    });
    for (const reference of [
      `https://u:${secret}@r.azurecr.io/a:1`,
      `u:${secret}@r.azurecr.io/a:1`,
    ]) {
      await assert.rejects(findArtifact({ reference }, scene.context), (error: Error) => {
        assert.equal(error.message.includes(secret), false);
        return hasCode(error, "INPUT_INVALID");
      });
    }
  });
});

describe("findArtifact with less than all rights", () => {
  let scene: LookupScene;
  eachWithLookups((fresh) => (scene = fresh), {
    anonymousPull: true,
    tokens: [
      {
        name: "puller",
        password: "only-for-pulling",
        repositories: { [REPOSITORY]: ["content/read"] },
      },
    ],
  });

  it("finds an artifact without metadata if the token may only pull", async () => {
    const digest = await scene.somebody.publish("hello", "1");
    const registry = { username: "puller", password: "only-for-pulling" };
    const args = { repository: REPOSITORY, tag: "1", registry };
    const found = await findArtifact(args, scene.context);
    assert.equal(found.digest, digest);
    assert.equal("attributes" in found || "tags" in found || "tagMetadata" in found, false);
  });

  it("finds an artifact anonymously", async () => {
    const digest = await scene.somebody.publish("hello", "1");
    const { url } = scene.emulator;
    const anonymous = contextFor({ ACR_LOGIN_SERVER: url, ACR_CREDENTIAL: "anonymous" });
    const found = await findArtifact({ repository: REPOSITORY, tag: "1" }, anonymous);
    assert.equal(found.digest, digest);
    assert.deepEqual(found.tags, ["1"]);
    anonymous.sessions.close();
  });
});
