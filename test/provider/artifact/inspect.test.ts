import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "mocha";
import { type Emulator, startEmulator } from "pulumi-acr/emulator";
import { RegistryError } from "../../../provider/errors.js";
import { inspectArtifact, type WantedArtifact } from "../../../provider/artifact/inspect.js";
import { NOTHING_WANTED } from "../../../provider/artifact/missingParts.js";
import { type Digest, digestOf } from "../../../provider/oci/digest.js";
import { parseTag, type Tag } from "../../../provider/oci/reference.js";
import type { Repository } from "../../../provider/registry/repository.js";
import { requestsTo } from "../../support/requests.js";
import { ABSENT_DIGEST, Somebody } from "../../support/somebody.js";

const LOCK = { deleteEnabled: false, writeEnabled: false };

describe("inspectArtifact", () => {
  let emulator: Emulator;
  let somebody: Somebody;
  let digest: Digest;
  let tags: Tag[];

  beforeEach(async () => {
    emulator = await startEmulator();
    somebody = new Somebody(emulator, "app");
    tags = ["v1", "v2", "v3"].map((name) => parseTag(name));
    digest = await somebody.publish("text", "v1");
    await somebody.tag("v2", digest);
    await somebody.tag("v3", digest);
    emulator.journal.clear();
  });
  afterEach(async () => {
    somebody.close();
    await emulator.close();
  });

  const inspect = (wanted: Partial<WantedArtifact> = {}) =>
    inspectArtifact(somebody.repository, { digest, tags, parts: NOTHING_WANTED, ...wanted }, {});

  it("makes one request while no tag has moved, however many there are", async () => {
    const live = await inspect();
    assert.deepEqual([...(live?.tags.keys() ?? [])], tags);
    assert.deepEqual(requestsTo(emulator), ["GET manifest properties"]);
  });

  it("makes one more request for a lock, and none for tags if there are none", async () => {
    await inspect({ lock: LOCK });
    await inspect({ lock: LOCK, tags: [] });
    assert.deepEqual(requestsTo(emulator), [
      "GET manifest properties",
      "GET tags",
      "GET manifest properties",
    ]);
  });

  it("asks by name for a tag that the manifest does not list", async () => {
    const theirs = await somebody.publish("theirs", "v2");
    await somebody.untag("v3");
    emulator.journal.clear();
    const live = await inspect();
    assert.equal(live?.tags.get("v2")?.digest, theirs);
    assert.equal(live.tags.has("v3"), false);
    const [, ...named] = requestsTo(emulator);
    assert.deepEqual(named, ["GET tag properties v2", "GET tag properties v3"]);
  });

  it("asks by name for the attributes of a tag that listings hide", async () => {
    await somebody.setTagAttributes("v2", { listEnabled: false });
    const live = await inspect({ lock: LOCK });
    assert.equal(live?.tags.get("v2")?.attributes?.listEnabled, false);
  });

  it("looks for each blob once, and names the missing ones", async () => {
    const blob = { mediaType: "a/b", digest: digestOf("{}"), size: 2 };
    const absent = { ...blob, digest: ABSENT_DIGEST };
    const live = await inspect({
      parts: { ...NOTHING_WANTED, blobs: [blob, absent, blob, absent] },
    });
    assert.deepEqual(live?.missing.blobs, [ABSENT_DIGEST]);
    assert.equal(requestsTo(emulator).filter((line) => line === "HEAD blob").length, 2);
  });

  it("returns undefined only if the manifest does not exist", async () => {
    assert.equal(await inspect({ digest: ABSENT_DIGEST }), undefined);
  });

  it("resolves tags if the registry has no attributes", async () => {
    const unsupported = new RegistryError("UNSUPPORTED", "no", { method: "GET", url: "" });
    const { repository } = somebody;
    const other = {
      attributes: { manifest: () => Promise.reject(unsupported) },
      manifests: repository.manifests,
      blobs: repository.blobs,
    } as unknown as Repository;
    const theirs = await somebody.publish("theirs", "v2");
    await somebody.untag("v3");
    const wanted = { digest, tags, lock: LOCK, parts: NOTHING_WANTED };
    const live = await inspectArtifact(other, wanted, {});
    assert.deepEqual(Object.fromEntries(live?.tags ?? []), {
      v1: { digest },
      v2: { digest: theirs },
    });
    assert.equal(live?.attributes, undefined);
    assert.equal(await inspectArtifact(other, { ...wanted, digest: ABSENT_DIGEST }, {}), undefined);
  });
});
