import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "mocha";
import { type Emulator, startEmulator } from "pulumi-acr/emulator";
import { parseDigest } from "../../provider/oci/digest.js";
import { referrersTag } from "../../provider/registry/referrersDocument.js";
import { environmentFor } from "../support/engine.js";
import { type Bag, type Declaration, MiniEngine } from "../support/miniEngine.js";
import { requestsTo, writesTo } from "../support/requests.js";
import { Somebody } from "../support/somebody.js";

const REPOSITORY = "team/app";
const TYPE = "application/vnd.example.sbom";

const APP_INPUTS = {
  repository: REPOSITORY,
  artifactType: "application/vnd.example",
  layers: [{ content: "app" }],
  tags: ["v1"],
};
const app: Declaration = { name: "app", kind: "OciArtifact", inputs: APP_INPUTS };

const sbomInputs = (subject: Bag): Bag => ({
  repository: REPOSITORY,
  artifactType: TYPE,
  layers: [{ content: "sbom" }],
  subject,
});

interface Kind {
  readonly referrersApi: boolean;
  /** Requests by which a client keeps the list: to add the first referrer, and to check it. */
  readonly listing: readonly string[];
  readonly looking: readonly string[];
}

const KINDS: Readonly<Record<string, Kind>> = {
  "with the referrers API": { referrersApi: true, listing: [], looking: ["GET referrers"] },
  "with customer-managed keys": {
    referrersApi: false,
    listing: ["GET tag", "PUT tag", "GET tag"],
    looking: ["GET referrers", "GET tag"],
  },
};

for (const [title, { referrersApi, listing, looking }] of Object.entries(KINDS)) {
  describe(`referrers on a registry ${title}`, () => {
    let emulator: Emulator;
    let somebody: Somebody;
    let engine: MiniEngine;
    /** Descriptor of the subject. */
    let subject: { mediaType: string; digest: string; size: number };

    beforeEach(async () => {
      emulator = await startEmulator({ referrersApi });
      somebody = new Somebody(emulator, REPOSITORY);
      engine = new MiniEngine({ environment: environmentFor(emulator) });
      const { outputs } = await new MiniEngine({ environment: environmentFor(emulator) }).preview([
        app,
      ]);
      const { mediaType, digest, size } = outputs["app"] ?? {};
      subject = { mediaType, digest, size } as typeof subject;
      emulator.journal.clear();
    });
    afterEach(async () => {
      somebody.close();
      await emulator.close();
    });

    const sbom = (inputs: Bag = {}): Declaration => ({
      name: "sbom",
      kind: "OciArtifact",
      inputs: { ...sbomInputs(subject), ...inputs },
    });
    const digest = (name: string): string => String(engine.resource(name).outputs["digest"]);
    const listTag = (): string => referrersTag(parseDigest(subject.digest));
    const said = (): string => engine.messages.map(({ text }) => text).join("\n");

    async function listed(artifactType?: string): Promise<string[]> {
      const found: string[] = [];
      for await (const one of somebody.repository.referrers.list(subject.digest, {
        artifactType,
      })) {
        found.push(one.digest);
      }
      return found;
    }
    const requests = (lines = requestsTo(emulator)): string[] =>
      lines.map((line) => line.replace(listTag(), "").trim());

    /** Removes an entry from the list behind Pulumi's back, or hides the list of the API. */
    async function unlist(name: string): Promise<void> {
      if (!referrersApi) return somebody.repository.referrers.remove(subject.digest, digest(name));
      const empty = { schemaVersion: 2, mediaType: INDEX, manifests: [] };
      emulator.faults.add({
        path: /\/referrers\//,
        times: 1,
        action: {
          type: "status",
          status: 200,
          headers: { "content-type": INDEX, "docker-distribution-api-version": "registry/2.0" },
          body: JSON.stringify(empty),
        },
      });
    }

    it("are listed when published, without more requests if the registry does it", async () => {
      await engine.up([app, sbom()]);
      const digests = [digest("sbom")];
      assert.deepEqual(await listed(), digests);
      assert.deepEqual(await listed(TYPE), digests);
      assert.deepEqual(await listed("application/vnd.other"), []);
      emulator.journal.clear();
      engine.state = engine.state.filter(({ name }) => name === "app");
      await somebody.repository.referrers.remove(subject.digest, digests[0] ?? "");
      await somebody.deleteManifest(digests[0] ?? "");
      emulator.journal.clear();
      await engine.up([app, sbom()]);
      assert.deepEqual(requests(), [
        ...["HEAD manifest", "POST whole blob", "POST whole blob", "PUT manifest"],
        ...listing,
        "GET manifest properties",
      ]);
    });

    it("are listed once however many tags they have", async () => {
      await engine.up([app, sbom({ tags: ["a", "b", "c"] })]);
      const puts = writesTo(emulator).filter((line) => line.includes(listTag()));
      assert.equal(puts.length, referrersApi ? 0 : 1);
    });

    it("are listed when adopted, even if their publisher did not list them", async () => {
      await engine.up([app, sbom()]);
      const adopted = digest("sbom");
      engine.state = [];
      emulator.journal.clear();
      await engine.up([app, sbom()]);
      assert.deepEqual(requests().slice(-3 - (looking.length - 1)), [
        "HEAD manifest",
        ...looking,
        "GET manifest properties",
      ]);
      engine.state = [];
      await somebody.repository.referrers.remove(subject.digest, adopted);
      await engine.up([app, sbom()]);
      assert.deepEqual(await listed(), [adopted]);
    });

    it("may be published before their subject", async () => {
      await engine.up([sbom()]);
      await engine.up([sbom(), app]);
      assert.deepEqual(await listed(), [digest("sbom")]);
    });

    it("are checked by a refresh at the cost of one look-up", async () => {
      await engine.up([app, sbom()]);
      emulator.journal.clear();
      await engine.refresh();
      assert.deepEqual(requests(), [
        "GET manifest properties",
        "GET manifest properties",
        ...looking,
      ]);
      assert.deepEqual(engine.resource("sbom").outputs["drift"], []);
    });

    it("are reported as drift if no longer listed, and `up` lists them again", async () => {
      await engine.up([app, sbom()]);
      const reference = String(engine.resource("sbom").outputs["reference"]);
      await unlist("sbom");
      await engine.refresh();
      const drift = { kind: "referrer-unlisted", expected: subject.digest, actual: "absent" };
      assert.deepEqual(engine.resource("sbom").outputs["drift"], [
        { ...drift, subject: reference },
      ]);
      assert.match(said(), /@sha256:\w+ is no longer listed as a referrer of its subject, sha256:/);
      const { operations, changes } = await engine.up([app, sbom()]);
      assert.deepEqual(operations, { app: "same", sbom: "update" });
      assert.deepEqual(changes["sbom"], ["subject"]);
      assert.deepEqual(await listed(), [digest("sbom")]);
      assert.deepEqual(engine.resource("sbom").outputs["drift"], []);
      assert.equal((await engine.up([app, sbom()])).operations["sbom"], "same");
    });

    it("are not drift if their subject was deleted", async () => {
      await engine.up([app, sbom()]);
      await somebody.deleteManifest(subject.digest);
      await unlist("sbom");
      await engine.refresh();
      assert.deepEqual(engine.resource("sbom").outputs["drift"], []);
      assert.match(said(), /refers to sha256:\w+, which is gone/);
    });

    it("leave the state when deleted, and `up` publishes them again", async () => {
      await engine.up([app, sbom()]);
      await somebody.deleteManifest(digest("sbom"));
      const { operations } = await engine.refresh();
      assert.equal(operations["sbom"], "delete");
      await engine.up([app, sbom()]);
      assert.deepEqual(await listed(), [digest("sbom")]);
    });

    describe("are destroyed", () => {
      const gone = async (): Promise<void> => {
        assert.deepEqual(engine.state, []);
        assert.equal(await somebody.repository.attributes.repository(), undefined);
      };

      it("before their subject", async () => {
        await engine.up([app, sbom({ tags: ["sbom"] })]);
        await engine.destroy();
        await gone();
        assert.doesNotMatch(said(), /stays/);
      });

      it("after their subject, which is then removed with them", async () => {
        await engine.up([sbom({ tags: ["sbom"] })]);
        await engine.up([sbom({ tags: ["sbom"] }), app]);
        await engine.destroy();
        await gone();
        assert.match(
          said(),
          /has it as its subject; if this run deletes that too, it is removed then/,
        );
        assert.match(
          said(),
          new RegExp(`${subject.digest} had to stay for this one, and is removed now`),
        );
      });

      it("in the wrong order through a chain of referrers", async () => {
        const environment = environmentFor(emulator);
        const { outputs } = await new MiniEngine({ environment }).preview([sbom()]);
        const { mediaType, digest: own, size } = outputs["sbom"] ?? {};
        const signature = {
          ...sbom({ subject: { mediaType, digest: own, size }, layers: [{ content: "signed" }] }),
          name: "signature",
        };
        await engine.up([signature]);
        await engine.up([signature, sbom()]);
        await engine.up([signature, sbom(), app]);
        await engine.destroy();
        await gone();
      });

      it("alone if the program no longer declares them", async () => {
        await engine.up([app, sbom()]);
        await engine.up([app]);
        assert.deepEqual(await listed(), []);
        assert.equal(await somebody.has(subject.digest), true);
        assert.equal(await somebody.digestOf(listTag()), undefined);
      });

      it("without a foreign referrer, which stays listed and keeps the subject", async () => {
        await engine.up([app, sbom()]);
        const theirs = await somebody.publish("signature", undefined, subject.digest);
        const { messages } = await engine.destroy();
        assert.deepEqual(await listed(), [theirs]);
        assert.equal(await somebody.has(subject.digest), true);
        assert.match(messages.map(({ text }) => text).join("\n"), /the referrer sha256:\w+/);
      });

      it("with a subject and its list if all listed referrers were deleted", async () => {
        await engine.up([app]);
        const theirs = await somebody.publish("signature", undefined, subject.digest);
        await somebody.deleteManifest(theirs);
        await engine.destroy();
        await gone();
      });

      it("without an error if the registry has deleted them with their subject", async () => {
        await engine.up([app, sbom()]);
        await somebody.deleteManifest(digest("sbom"));
        await somebody.deleteManifest(subject.digest);
        await engine.destroy();
        assert.deepEqual(engine.state, []);
      });
    });

    it("leave nothing behind if replaced with their subject and onReplace delete", async () => {
      const replaced = { onReplace: "delete" };
      const version = (text: string): Declaration[] => [
        { ...app, inputs: { ...APP_INPUTS, ...replaced, layers: [{ content: text }] } },
        {
          ...sbom(),
          inputs: (outputsOf) => ({
            ...sbomInputs(descriptorOf(outputsOf("app"))),
            ...replaced,
          }),
        },
      ];
      await engine.up(version("1"));
      const first = [digest("app"), digest("sbom")];
      await engine.up(version("2"));
      for (const old of first) assert.equal(await somebody.has(old), false, old);
      subject = descriptorOf(engine.resource("app").outputs) as typeof subject;
      assert.deepEqual(await listed(), [digest("sbom")]);
    });

    it("may be indexes", async () => {
      const index: Declaration = {
        name: "index",
        kind: "OciIndex",
        inputs: (outputsOf) => ({
          repository: REPOSITORY,
          artifactType: TYPE,
          manifests: [descriptorOf(outputsOf("app"))],
          subject,
        }),
      };
      await engine.up([app, index]);
      assert.deepEqual(await listed(TYPE), [digest("index")]);
      await engine.up([app]);
      assert.deepEqual(await listed(), []);
      assert.equal(await somebody.has(subject.digest), true);
    });

    it("stay if somebody's index names them, even an untagged one", async () => {
      await engine.up([app, sbom()]);
      await somebody.publishIndex(digest("sbom"), undefined, "a collection of SBOMs");
      const there = digest("sbom");
      await engine.up([app]);
      assert.equal(await somebody.has(there), true);
      assert.match(said(), /stays: the index sha256:[0-9a-f]{64} names it/);
    });

    it("can be destroyed if former lists could not be deleted", async () => {
      const two = { ...sbom({ layers: [{ content: "2" }] }), name: "two" };
      const forbidden = emulator.faults.add({
        method: "DELETE",
        times: Infinity,
        action: { type: "status", status: 403, code: "DENIED" },
      });
      await engine.up([app, sbom(), two]);
      forbidden.remove();
      const ours = ["app", "sbom", "two"].map(digest);
      assert.deepEqual(new Set(await listed()), new Set(ours.slice(1)));
      await engine.destroy();
      for (const one of ours) assert.equal(await somebody.has(one), false, one);
      assert.doesNotMatch(said(), /stays/);
    });

    const itByClients = referrersApi ? () => undefined : it;
    itByClients("are listed by the next `up` if the first one could not", async () => {
      await engine.up([app]);
      emulator.faults.add({
        method: "PUT",
        path: /manifests\/sha256-/,
        action: { type: "status", status: 400, code: "MANIFEST_INVALID" },
      });
      await assert.rejects(engine.up([app, sbom()]));
      assert.equal(engine.resource("sbom").outputs["digest"], digest("sbom"));
      assert.deepEqual(await listed(), []);
      await engine.up([app, sbom()]);
      assert.deepEqual(await listed(), [digest("sbom")]);
    });
  });
}

describe("referrers on a registry that claims to index them but lists none", () => {
  it("are reported as unlisted and then listed under the tag", async () => {
    const emulator = await startEmulator();
    const engine = new MiniEngine({ environment: environmentFor(emulator) });
    const headers = { "docker-distribution-api-version": "registry/2.0" };
    emulator.faults.add({
      path: /\/referrers\//,
      times: Infinity,
      action: { type: "status", status: 404, headers },
    });
    const program: Declaration[] = [
      app,
      {
        name: "sbom",
        kind: "OciArtifact",
        inputs: (outputsOf) => sbomInputs(descriptorOf(outputsOf("app"))),
      },
    ];
    const drift = (): unknown[] => engine.resource("sbom").outputs["drift"] as unknown[];
    await engine.up(program);
    await engine.refresh();
    assert.equal(drift().length, 1);
    await engine.up(program);
    await engine.refresh();
    assert.deepEqual(drift(), []);
    await engine.destroy();
    assert.deepEqual(engine.state, []);
    await emulator.close();
  });
});

const INDEX = "application/vnd.oci.image.index.v1+json";

function descriptorOf({ mediaType, digest, size }: Bag): Bag {
  return { mediaType, digest, size };
}
