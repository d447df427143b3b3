import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, it } from "mocha";
import { digestOf } from "../../../provider/oci/digest.js";
import {
  type Descriptor,
  type Digest,
  EMPTY_BYTES,
  EMPTY_DESCRIPTOR,
  encodeManifest,
  type EncodedManifest,
  memoryBlob,
  OCI_MANIFEST,
  type Repository,
} from "../../../provider/registry/index.js";
import { referrersTag } from "../../../provider/registry/referrersDocument.js";
import { ATTACHED_TYPE } from "../../support/attachReferrers.js";
import { emulatorForSuite } from "../../support/emulatorForSuite.js";

function referrerOf(subject: Digest, name: string, artifactType = "a/b"): EncodedManifest {
  return encodeManifest({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    artifactType,
    config: EMPTY_DESCRIPTOR,
    layers: [EMPTY_DESCRIPTOR],
    subject: { mediaType: OCI_MANIFEST, digest: subject, size: 2 },
    annotations: { name },
  });
}

async function listed(repository: Repository, subject: Digest, artifactType?: string) {
  const found: Descriptor[] = [];
  for await (const one of repository.referrers.list(subject, { artifactType })) found.push(one);
  return found;
}

const entryOf = ({ descriptor }: EncodedManifest, name: string, artifactType = "a/b") => ({
  ...descriptor,
  annotations: { name },
  artifactType,
});

for (const referrersApi of [true, false]) {
  const title = referrersApi ? "with the referrers API" : "with customer-managed keys";
  describe(`pushing a referrer to a registry ${title}`, () => {
    const world = emulatorForSuite({ referrersApi });
    const SUBJECT = digestOf(title);
    const TAG = referrersTag(SUBJECT);

    async function emptyBlob(repository: Repository): Promise<void> {
      await repository.blobs.push(memoryBlob(EMPTY_BYTES, EMPTY_DESCRIPTOR));
      world.emulator.journal.clear();
    }
    const requests = (): string[] =>
      world.requests.map((line) => line.replace(/sha256[-:]\w+/, (name) => nameOf(name, TAG)));

    it("lists it, without a further request if the registry does it itself", async () => {
      const repository = world.client().repository("team/cost");
      await emptyBlob(repository);
      const referrer = referrerOf(SUBJECT, "one");
      const { subjectIndexed } = await repository.manifests.push(referrer);
      assert.equal(subjectIndexed, referrersApi);
      const base = "/v2/team/cost/manifests";
      const byClient = [`GET ${base}/tag`, `PUT ${base}/tag`, `GET ${base}/tag`];
      assert.deepEqual(requests(), [`PUT ${base}/digest`, ...(referrersApi ? [] : byClient)]);
      assert.deepEqual(await listed(repository, SUBJECT), [entryOf(referrer, "one")]);
    });

    it("checks the list when it is pushed again, unless told not to", async () => {
      const repository = world.client().repository("team/cost");
      await emptyBlob(repository);
      await repository.manifests.push(referrerOf(SUBJECT, "one"));
      assert.equal(world.methods, referrersApi ? "PUT" : "PUT GET");
      world.emulator.journal.clear();
      await repository.manifests.push(referrerOf(SUBJECT, "two"), { updateReferrers: false });
      assert.equal(world.methods, "PUT");
    });

    it("can be found by artifact type, and removed", async () => {
      const repository = world.client().repository("team/types");
      await emptyBlob(repository);
      const [sbom, signature] = [
        referrerOf(SUBJECT, "sbom", "a/sbom"),
        referrerOf(SUBJECT, "signature", "a/signature"),
      ];
      await repository.manifests.push(sbom);
      await repository.manifests.push(signature);
      assert.deepEqual(await listed(repository, SUBJECT, "a/sbom"), [
        entryOf(sbom, "sbom", "a/sbom"),
      ]);
      assert.deepEqual(await listed(repository, SUBJECT, "a/none"), []);
      for (const { descriptor } of [sbom, signature]) {
        await repository.referrers.remove(SUBJECT, descriptor.digest);
        assert.equal(await repository.manifests.delete(descriptor.digest), true);
      }
      assert.deepEqual(await listed(repository, SUBJECT), []);
      assert.equal(await repository.manifests.resolve(TAG), undefined);
    });

    it("leaves no untagged list behind", async () => {
      const repository = world.client().repository("team/litter");
      await emptyBlob(repository);
      for (const name of ["1", "2", "3"])
        await repository.manifests.push(referrerOf(SUBJECT, name));
      let manifests = 0;
      for await (const { mediaType } of repository.attributes.listManifests()) {
        if (mediaType !== OCI_MANIFEST) manifests += 1;
      }
      assert.equal(manifests, referrersApi ? 0 : 1);
    });

    it("keeps an old list that somebody tagged", async () => {
      const repository = world.client().repository("team/tagged");
      await emptyBlob(repository);
      await repository.manifests.push(referrerOf(SUBJECT, "1"));
      const list = await repository.manifests.fetch(TAG);
      if (list !== undefined) await repository.manifests.push(list, { tag: "mine" });
      await repository.manifests.push(referrerOf(SUBJECT, "2"));
      assert.equal((await repository.manifests.resolve("mine"))?.digest, list?.descriptor.digest);
      assert.equal((await listed(repository, SUBJECT)).length, 2);
    });

    it("loses none of twenty concurrent referrers, with one client or several", async () => {
      const clients = [world.client(), world.client(), world.client()];
      const repositories = clients.map((client) => client.repository("team/many"));
      await emptyBlob(client(repositories, 0));
      const referrers = Array.from({ length: 20 }, (_, number) =>
        referrerOf(SUBJECT, String(number)),
      );
      world.emulator.faults.add({
        method: "PUT",
        path: /manifests\/sha256-/,
        times: Infinity,
        action: { type: "delay", ms: 5 },
      });
      await Promise.all(
        referrers.map((one, number) => client(repositories, number).manifests.push(one)),
      );
      const found = await listed(client(repositories, 0), SUBJECT);
      assert.deepEqual(
        new Set(found.map(({ digest }) => digest)),
        new Set(referrers.map(({ descriptor }) => descriptor.digest)),
      );
    });
  });
}

function client(repositories: readonly Repository[], number: number): Repository {
  const found = repositories[number % repositories.length];
  if (found === undefined) throw new Error("there is no client");
  return found;
}

function nameOf(name: string, tag: string): string {
  return name === tag ? "tag" : "digest";
}

describe("processes that attach to one subject at the same time", function () {
  this.timeout(60_000);
  const world = emulatorForSuite({ referrersApi: false });
  const SUBJECT = digestOf("the subject of several processes");
  const script = require.resolve("../../support/attachReferrers.js");

  it("do not lose each other's referrers", async () => {
    const { url, credentials, faults } = world.emulator;
    const env = { REGISTRY: url, NAME: credentials.username, WORD: credentials.password };
    // All read before the first write, and then overwrite each other.
    faults.add({
      method: "PUT",
      path: /manifests\/sha256-/,
      times: Infinity,
      action: { type: "delay", ms: 300 },
    });
    const outputs = await Promise.all(
      ["a", "b", "c"].map((writer) =>
        promisify(execFile)(process.execPath, [script, "team/processes", SUBJECT, writer, "7"], {
          env,
        }),
      ),
    );
    const pushed = outputs.flatMap(({ stdout }) => stdout.split("\n"));
    const repository = world.client().repository("team/processes");
    const found = await listed(repository, SUBJECT, ATTACHED_TYPE);
    assert.equal(pushed.length, 21);
    assert.deepEqual(new Set(found.map(({ digest }) => digest)), new Set(pushed));
  });
});
