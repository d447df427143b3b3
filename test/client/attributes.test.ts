import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import { encodeManifest, OCI_INDEX, type Repository } from "../../provider/registry/index.js";
import { emulatorForSuite } from "../support/emulatorForSuite.js";

const INDEX = encodeManifest({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [] });
const { digest: DIGEST } = INDEX.descriptor;

describe("attributes of a manifest", () => {
  const subject = emulatorForSuite();
  let repository: Repository;
  beforeEach(async () => {
    repository = subject.client().repository("by/tag");
    await repository.manifests.push(INDEX, { tag: "v1" });
    subject.emulator.journal.clear();
  });

  for (const [name, reference, requests] of [
    ["its digest", DIGEST, 1],
    ["its tag", "v1", 2],
  ] as const) {
    it(`are read by ${name}`, async () => {
      const { attributes } = repository;
      const found = await attributes.manifest(reference);
      assert.equal(found?.digest, DIGEST);
      assert.deepEqual(found.tags, ["v1"]);
      assert.equal(subject.requests.length, requests);
    });

    it(`are set by ${name}; those of the tag stay unchanged`, async () => {
      const { attributes } = repository;
      const set = await attributes.updateManifest(reference, { listEnabled: false });
      assert.equal(set.listEnabled, false);
      assert.equal((await attributes.manifest(DIGEST))?.attributes.listEnabled, false);
      assert.equal((await attributes.tag("v1"))?.attributes.listEnabled, true);
      await attributes.updateManifest(DIGEST, { listEnabled: true });
    });
  }

  it("of a tag that does not exist are undefined, and cannot be set", async () => {
    const { attributes } = repository;
    assert.equal(await attributes.manifest("none"), undefined);
    await assert.rejects(attributes.updateManifest("none", { listEnabled: false }), {
      code: "NOT_FOUND",
      message: /by\/tag:none/,
    });
  });

  for (const reference of ["sha256:abc", "-v1", ""]) {
    it(`cannot be requested with ${JSON.stringify(reference)}`, async () => {
      const { attributes } = repository;
      const what = { property: reference.includes(":") ? "digest" : "tag" };
      await assert.rejects(attributes.manifest(reference), what);
      await assert.rejects(attributes.updateManifest(reference, { listEnabled: false }), what);
      assert.deepEqual(subject.requests, []);
    });
  }
});
