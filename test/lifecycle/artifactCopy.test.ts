import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "mocha";
import { type Emulator } from "pulumi-acr/emulator";
import { UNKNOWN } from "../../provider/arguments/unknown.js";
import { type Bag, type Declaration, type MiniEngine } from "../support/miniEngine.js";
import { requestsTo, tokensFrom, writesTo } from "../support/requests.js";
import { eachWithScene } from "../support/scene.js";
import { ABSENT_DIGEST, Somebody } from "../support/somebody.js";

const SOURCE = "dev/app";
const TARGET = "prod/app";

describe("ArtifactCopy", () => {
  let emulator: Emulator;
  let engine: MiniEngine;
  /** Works in the target repository. */
  let prod: Somebody;
  /** Works in the source repository. */
  let dev: Somebody;

  eachWithScene(TARGET, (scene) => ({ emulator, engine, somebody: prod } = scene));
  beforeEach(() => (dev = new Somebody(emulator, SOURCE)));
  afterEach(() => dev.close());

  function copy(source: Bag, inputs: Bag = {}): Declaration {
    const of = { source: { repository: SOURCE, ...source }, repository: TARGET, ...inputs };
    return { name: "copy", kind: "ArtifactCopy", inputs: of };
  }
  const output = (name: string): unknown => engine.resource("copy").outputs[name];
  const said = (): string => engine.messages.map(({ text }) => text).join("\n");
  const included = (): readonly Bag[] => output("included") as Bag[];

  /** The source, published by the same stack. */
  const artifact: Declaration = {
    name: "artifact",
    kind: "OciArtifact",
    inputs: {
      repository: SOURCE,
      artifactType: "application/vnd.example",
      layers: [{ content: "x".repeat(100_000) }],
      tags: ["v1"],
    },
  };
  const promoted = (inputs: Bag = {}): Declaration => ({
    name: "copy",
    kind: "ArtifactCopy",
    inputs: (of) => ({
      source: { repository: of("artifact")["repository"], digest: of("artifact")["digest"] },
      repository: TARGET,
      ...inputs,
    }),
  });

  describe("by digest", () => {
    it("promotes an artifact of the same up and shows its digest at preview", async () => {
      const program = [artifact, promoted({ tags: ["1.0"] })];
      const preview = await engine.preview(program);
      assert.deepEqual(requestsTo(emulator), []);
      const { digest, reference } = preview.outputs["copy"] ?? {};
      assert.equal(digest, preview.outputs["artifact"]?.["digest"]);
      assert.equal(reference, `${emulator.loginServer}/${TARGET}@${digest as string}`);
      await engine.up(program);
      assert.equal(await prod.digestOf("1.0"), digest);
      assert.deepEqual(
        [output("mediaType"), output("artifactType"), output("included"), output("drift")],
        ["application/vnd.oci.image.manifest.v1+json", "application/vnd.example", [], []],
      );
      assert.equal((await engine.up(program)).operations["copy"], "same");
    });

    it("mounts blobs instead of transferring them", async () => {
      await engine.up([artifact]);
      emulator.journal.clear();
      await engine.up([artifact, promoted({ tags: ["1.0"] })]);
      assert.deepEqual(
        requestsTo(emulator).filter((line) => !/upload/.test(line)),
        [
          ...["GET manifest", "GET referrers", `GET tag ${referrersTag(output("digest"))}`],
          ...["HEAD manifest", "HEAD tag 1.0", "PUT manifest", "PUT tag 1.0"],
          "GET manifest properties",
        ],
      );
      assert.deepEqual(uploads(), ["POST 201 0", "POST 201 0"]);
      assert.deepEqual(downloads(), []);
    });

    it("makes no request when nothing changed, and one to refresh", async () => {
      const digest = await dev.publish("one", "v1");
      const program = [copy({ digest }, { tags: ["1.0"] })];
      await engine.up(program);
      emulator.journal.clear();
      assert.equal((await engine.up(program)).operations["copy"], "same");
      assert.deepEqual(requestsTo(emulator), []);
      assert.equal((await engine.refresh()).operations["copy"], "same");
      assert.deepEqual(requestsTo(emulator), ["GET manifest properties"]);
      emulator.journal.clear();
      await engine.up(program);
      assert.deepEqual([requestsTo(emulator), tokensFrom(emulator)], [[], []]);
    });

    it("names a source that does not exist", async () => {
      const program = [copy({ digest: ABSENT_DIGEST }, { tags: ["1.0"] })];
      await engine.preview(program);
      await assert.rejects(engine.up(program), {
        message: /\/dev\/app@sha256:\w+ does not exist: nothing was published\..*\[NOT_FOUND\]$/,
      });
      assert.deepEqual([engine.state, writesTo(emulator)], [[], []]);
    });

    it("adds tags to the copy without reading the source", async () => {
      const digest = await dev.publish("one");
      await engine.up([copy({ digest }, { tags: ["1.0"] })]);
      await dev.deleteManifest(digest);
      emulator.journal.clear();
      const run = await engine.up([copy({ digest }, { tags: ["1.0", "stable"] })]);
      assert.equal(run.operations["copy"], "update");
      assert.deepEqual(requestsTo(emulator), [
        ...["HEAD tag stable", "GET manifest", "PUT tag stable", "GET manifest properties"],
      ]);
      assert.equal(output("mediaType"), "application/vnd.oci.image.manifest.v1+json");
    });
  });

  describe("by tag", () => {
    it("resolves the tag once and copies that digest", async () => {
      const digest = await dev.publish("one", "v1");
      emulator.journal.clear();
      const program = [copy({ tag: "v1" }, { tags: ["1.0"] })];
      const preview = await engine.preview(program);
      assert.deepEqual(requestsTo(emulator), ["HEAD tag v1"]);
      assert.equal(preview.outputs["copy"]?.["digest"], digest);
      await engine.up(program);
      assert.equal(await prod.digestOf("1.0"), digest);
      emulator.journal.clear();
      assert.equal((await engine.up(program)).operations["copy"], "same");
      assert.deepEqual(requestsTo(emulator), ["HEAD tag v1"]);
    });

    it("moves the copy's tags when the source tag has moved", async () => {
      const old = await dev.publish("one", "v1");
      const program = [copy({ tag: "v1" }, { tags: ["1.0"] })];
      await engine.up(program);
      const next = await dev.publish("two", "v1");
      assert.equal((await engine.up(program)).operations["copy"], "replace");
      assert.equal(await prod.digestOf("1.0"), next);
      assert.ok(await prod.has(old), "retained");
    });

    it("leaves the digest unknown at preview and says why if the tag does not exist yet", async () => {
      const program = [copy({ tag: "v1" }, { tags: ["1.0"] })];
      const preview = await engine.preview(program);
      assert.equal("digest" in (preview.outputs["copy"] ?? {}), false);
      assert.match(said(), /\/dev\/app:v1 does not exist yet/);
      await assert.rejects(engine.up(program), {
        message:
          /\/dev\/app:v1, which is to be copied, does not exist: nothing was .* \[NOT_FOUND\]$/,
      });
      assert.deepEqual([engine.state, writesTo(emulator)], [[], []]);
    });

    it("warns at preview if the same program is going to move the tag", async () => {
      const program = (text: string): Declaration[] => [
        { ...artifact, inputs: { ...(artifact.inputs as Bag), layers: [{ content: text }] } },
        copy({ tag: "v1" }, { tags: ["1.0"] }),
      ];
      await engine.up(program("one"));
      assert.doesNotMatch(said(), /still names/);
      await engine.preview(program("two"));
      assert.match(
        said(),
        /\/dev\/app:v1 still names sha256:\w+, but urn:\S+::artifact is to move it to sha256:\w+\. Add dependsOn/,
      );
      const { operations } = await engine.up(program("two"));
      assert.equal(operations["copy"], "replace");
      assert.equal(await prod.digestOf("1.0"), await dev.digestOf("v1"));
    });

    it("copies what the same up has just tagged", async () => {
      const program = [artifact, copy({ tag: "v1" }, { tags: ["1.0"] })];
      await engine.preview(program);
      await engine.up(program);
      assert.equal(await prod.digestOf("1.0"), await dev.digestOf("v1"));
    });

    it("fails and keeps the copy if the tag was deleted later", async () => {
      const digest = await dev.publish("one", "v1");
      const program = [copy({ tag: "v1" }, { tags: ["1.0"] })];
      await engine.up(program);
      await dev.deleteManifest(digest);
      await assert.rejects(engine.up(program), { message: /does not exist/ });
      assert.equal(await prod.digestOf("1.0"), digest);
      assert.equal(output("digest"), digest);
    });
  });

  it("leaves unknown at preview only what depends on an unknown source", async () => {
    const rows: Bag[] = [{ digest: UNKNOWN }, { tag: UNKNOWN }, { repository: UNKNOWN, tag: "v1" }];
    for (const source of rows) {
      const { outputs } = await engine.preview([copy(source)]);
      const { digest, reference, repository } = outputs["copy"] ?? {};
      assert.deepEqual([digest, reference, repository], [UNKNOWN, UNKNOWN, TARGET]);
    }
    const known = { source: { digest: ABSENT_DIGEST, repository: UNKNOWN }, repository: TARGET };
    const program: Declaration[] = [{ name: "copy", kind: "ArtifactCopy", inputs: known }];
    assert.equal((await engine.preview(program)).outputs["copy"]?.["digest"], ABSENT_DIGEST);
    assert.deepEqual(requestsTo(emulator), []);
  });

  describe("of an index with referrers", () => {
    interface Release {
      readonly index: string;
      readonly children: readonly string[];
      readonly referrers: readonly string[];
    }

    /** Two children, an SBOM of one, a signature of the index, and a signature of that. */
    async function release(): Promise<Release> {
      const children = [await dev.publish("amd64"), await dev.publish("arm64")];
      const index = await dev.publishIndex(children, "v1");
      const sbom = await dev.publish("sbom", undefined, children[0]);
      const signature = await dev.publish("signature", undefined, index);
      const countersignature = await dev.publish("countersignature", undefined, signature);
      return { index, children, referrers: [sbom, signature, countersignature] };
    }
    const all = ({ index, children, referrers }: Release) => [index, ...children, ...referrers];

    it("copies children and referrers in dependency order, and tags last", async () => {
      const made = await release();
      emulator.journal.clear();
      await engine.up([copy({ digest: made.index }, { tags: ["1.0"] })]);
      for (const digest of all(made)) assert.ok(await prod.has(digest), digest);
      const put = emulator.journal.entries
        .filter(({ method, path }) => method === "PUT" && path.includes("/manifests/"))
        .map(({ path }) => path.split("/").at(-1) ?? "");
      assert.deepEqual(new Set(put), new Set([...all(made), "1.0"]));
      const [, signature = "", countersignature = ""] = made.referrers;
      const order = [made.children[0], made.index, signature, countersignature, "1.0"];
      const places = order.map((one) => put.indexOf(String(one)));
      assert.deepEqual(
        places,
        [...places].sort((a, b) => a - b),
      );
      assert.equal(put.at(-1), "1.0");
      assert.deepEqual(
        new Set(included().map(({ digest }) => digest)),
        new Set([...made.children, ...made.referrers]),
      );
      assert.equal(included().find(({ digest }) => digest === signature)?.["subject"], made.index);
    });

    it("copies only the index and its children with referrers: false", async () => {
      const made = await release();
      await engine.up([copy({ digest: made.index }, { referrers: false })]);
      for (const digest of made.referrers) assert.equal(await prod.has(digest), false);
      for (const digest of made.children) assert.ok(await prod.has(digest));
    });

    it("removes everything that it copied at destroy and keeps the source", async () => {
      const made = await release();
      await engine.up([copy({ digest: made.index }, { tags: ["1.0"], lock: true })]);
      await engine.destroy();
      assert.equal(await prod.repository.attributes.repository(), undefined);
      for (const digest of all(made)) assert.ok(await dev.has(digest));
    });

    it("keeps manifests that others have come to use and names the users", async () => {
      const made = await release();
      const [amd64 = "", arm64 = ""] = made.children;
      const [sbom = ""] = made.referrers;
      await engine.up([copy({ digest: made.index }, { tags: ["1.0"] })]);
      await prod.tag("theirs", amd64);
      await engine.destroy();
      for (const digest of [made.index, arm64]) assert.equal(await prod.has(digest), false);
      // The SBOM stays with its subject.
      for (const digest of [amd64, sbom]) assert.ok(await prod.has(digest), digest);
      assert.match(said(), new RegExp(`${amd64} \\(other tags name it: theirs\\)`));
    });

    it("keeps a referrer that somebody's index names, even an untagged one", async () => {
      const made = await release();
      const [sbom = ""] = made.referrers;
      await engine.up([copy({ digest: made.index }, { tags: ["1.0"] })]);
      // Without an annotation it could be a replaced referrers list, which keeps nothing.
      const theirs = await prod.publishIndex(sbom, undefined, "a collection of SBOMs");
      await engine.destroy();
      assert.ok(await prod.has(sbom));
      assert.match(said(), new RegExp(`${sbom} \\(the index ${theirs} names it\\)`));
    });

    it("restores deleted children when it is replaced", async () => {
      const made = await release();
      const [amd64 = ""] = made.children;
      const program = [copy({ digest: made.index }, { tags: ["1.0"] })];
      await engine.up(program);
      await prod.deleteManifest(amd64);
      await engine.up(program, { replace: ["copy"] });
      for (const digest of all(made)) assert.ok(await prod.has(digest), digest);
    });

    it("keeps everything if somebody attached a referrer to it", async () => {
      const made = await release();
      await engine.up([copy({ digest: made.index }, { tags: ["1.0"] })]);
      const theirs = await prod.publish("their signature", undefined, made.index);
      await engine.destroy();
      for (const digest of [...all(made), theirs]) assert.ok(await prod.has(digest), digest);
      assert.match(said(), new RegExp(`stays: the referrer ${theirs}`));
      assert.equal(await prod.digestOf("1.0"), undefined);
    });

    it("keeps a child that the next version shares when the old one is removed", async () => {
      const [amd64, arm64] = [await dev.publish("amd64"), await dev.publish("arm64")];
      const sbom = await dev.publish("sbom", undefined, amd64);
      const inputs = { tags: ["1.0"], onReplace: "delete" };
      const old = await dev.publishIndex([amd64, arm64]);
      await engine.up([copy({ digest: old }, inputs)]);
      const next = await dev.publishIndex([amd64]);
      await engine.up([copy({ digest: next }, inputs)]);
      for (const digest of [next, amd64, sbom]) assert.ok(await prod.has(digest), digest);
      for (const digest of [old, arm64]) assert.equal(await prod.has(digest), false, digest);
      await engine.destroy();
      assert.equal(await prod.repository.attributes.repository(), undefined);
    });

    it("keeps a child that becomes the copied manifest itself", async () => {
      const made = await release();
      const [amd64 = "", arm64 = ""] = made.children;
      await engine.up([copy({ digest: made.index }, { onReplace: "delete" })]);
      await engine.up([copy({ digest: amd64 }, { onReplace: "delete" })]);
      assert.ok(await prod.has(amd64));
      for (const digest of [made.index, arm64]) assert.equal(await prod.has(digest), false);
    });

    it("keeps a child that another resource declares", async () => {
      const made = await release();
      const [amd64 = "", arm64 = ""] = made.children;
      const child = { ...copy({ digest: amd64 }), name: "child" };
      await engine.up([child, copy({ digest: made.index })]);
      await engine.up([child]);
      assert.ok(await prod.has(amd64));
      for (const digest of [made.index, arm64]) assert.equal(await prod.has(digest), false);
      await engine.destroy();
      assert.equal(await prod.repository.attributes.repository(), undefined);
    });

    it("keeps what it copied when another resource that published the same is removed", async () => {
      const made = await release();
      const [sbom = "", signature = ""] = made.referrers;
      const one = { ...copy({ digest: sbom }, { tags: ["sbom"] }), name: "one" };
      const other = { ...copy({ digest: signature }, { referrers: false }), name: "other" };
      const whole = copy({ digest: made.index });
      await engine.up([one]);
      await engine.up([whole, other]);
      assert.ok(await prod.has(sbom), "of a copy that this run has made");
      await engine.up([whole]);
      assert.ok(await prod.has(signature), "of a copy that was there");
      await engine.destroy();
      assert.equal(await prod.repository.attributes.repository(), undefined);
    });

    it("finishes a removal that failed half way", async () => {
      const made = await release();
      await engine.up([copy({ digest: made.index }, { tags: ["1.0"] })]);
      const fault = emulator.faults.add({
        method: "DELETE",
        path: /\/manifests\//,
        nth: 3,
        times: Infinity,
        action: { type: "status", status: 403 },
      });
      await assert.rejects(engine.destroy());
      assert.equal(await prod.has(made.index), false);
      fault.remove();
      await engine.destroy();
      assert.equal(await prod.repository.attributes.repository(), undefined);
    });

    it("completes a copy that failed half way at the next up", async () => {
      const made = await release();
      const [, , last = ""] = made.referrers;
      const fault = emulator.faults.add({
        method: "PUT",
        path: new RegExp(`${TARGET}/manifests/${last}`),
        times: Infinity,
        action: { type: "status", status: 403 },
      });
      const program = [copy({ digest: made.index }, { tags: ["1.0"] })];
      await assert.rejects(engine.up(program));
      assert.equal(await prod.digestOf("1.0"), undefined, "a tag is the commit point");
      fault.remove();
      emulator.journal.clear();
      await engine.up(program);
      assert.deepEqual(
        uploads(),
        ["POST 201 0", "POST 201 0"],
        "blobs of the one that was missing",
      );
      for (const digest of all(made)) assert.ok(await prod.has(digest), digest);
    });
  });

  /** Requests of the upload protocol: method, status and bytes sent. */
  function uploads(): string[] {
    return emulator.journal.entries
      .filter(({ path }) => path.includes("/blobs/uploads/"))
      .map(({ method, status, requestBytes }) => `${method} ${status} ${requestBytes}`);
  }

  function downloads(): string[] {
    return emulator.journal.entries
      .filter(
        ({ method, path, server }) =>
          method === "GET" && (server === "storage" || /blobs/.test(path)),
      )
      .map(({ path }) => path);
  }
});

function referrersTag(digest: unknown): string {
  return String(digest).replace(":", "-");
}
