import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { hasCode } from "../../../provider/errors.js";
import type { Descriptor } from "../../../provider/oci/descriptor.js";
import { digestOf } from "../../../provider/oci/digest.js";
import {
  EMPTY_DESCRIPTOR,
  encodeManifest,
  encodeRawManifest,
} from "../../../provider/oci/manifest.js";
import {
  DOCKER_MANIFEST,
  OCI_EMPTY,
  OCI_INDEX,
  OCI_MANIFEST,
} from "../../../provider/oci/mediaTypes.js";
import { asReferrer, changeIndex } from "../../../provider/registry/referrersDocument.js";

const SUBJECT: Descriptor = { mediaType: OCI_MANIFEST, digest: digestOf("subject"), size: 7 };
const image = { schemaVersion: 2, mediaType: OCI_MANIFEST, layers: [] } as const;

describe("a referrer's entry", () => {
  const rows: readonly [
    name: string,
    manifest: Parameters<typeof encodeManifest>[0],
    entry: object,
  ][] = [
    [
      "has the artifact type and the annotations of the manifest",
      {
        ...image,
        artifactType: "a/b",
        config: EMPTY_DESCRIPTOR,
        annotations: { z: "1", a: "2" },
      },
      { annotations: { a: "2", z: "1" }, artifactType: "a/b" },
    ],
    [
      "has the config's media type where the manifest has no artifact type",
      { ...image, config: { ...EMPTY_DESCRIPTOR, mediaType: "c/d" } },
      { artifactType: "c/d" },
    ],
    [
      "has the type of an empty config, too",
      { ...image, config: EMPTY_DESCRIPTOR },
      { artifactType: OCI_EMPTY },
    ],
    [
      "of an index without an artifact type has none",
      { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [] },
      {},
    ],
    [
      "of an index has the index's",
      { schemaVersion: 2, mediaType: OCI_INDEX, artifactType: "a/b", manifests: [] },
      { artifactType: "a/b" },
    ],
  ];
  for (const [name, manifest, entry] of rows) {
    it(name, () => {
      const encoded = encodeManifest({ ...manifest, subject: SUBJECT });
      assert.deepEqual(asReferrer(encoded), {
        subject: SUBJECT.digest,
        descriptor: { ...encoded.descriptor, ...entry },
      });
    });
  }

  it("does not exist without a subject, or for a kind that cannot have one", () => {
    assert.equal(asReferrer(encodeManifest({ ...image, config: EMPTY_DESCRIPTOR })), undefined);
    const bytes = Buffer.from(JSON.stringify({ subject: SUBJECT }));
    assert.equal(asReferrer(encodeRawManifest(bytes, DOCKER_MANIFEST)), undefined);
    assert.equal(asReferrer(encodeRawManifest(Buffer.from("no JSON"), "text/plain")), undefined);
  });
});

const entry = (name: string): Descriptor => ({
  mediaType: OCI_MANIFEST,
  digest: digestOf(name),
  size: 1,
  artifactType: "a/b",
});
const [ONE, TWO, THREE] = [entry("1"), entry("2"), entry("3")];

function list(manifests: unknown, others: object = {}, mediaType: string = OCI_INDEX) {
  const text = JSON.stringify({ schemaVersion: 2, mediaType, ...others, manifests });
  return encodeRawManifest(Buffer.from(text), mediaType);
}

const add = (...entries: readonly Descriptor[]) =>
  new Map(entries.map((one) => [one.digest as string, one]));
const remove = (...entries: readonly Descriptor[]) =>
  new Map(entries.map((one) => [one.digest as string, undefined]));

describe("the list of referrers", () => {
  const rows: readonly [
    name: string,
    before: unknown,
    changes: Parameters<typeof changeIndex>[1],
    after: readonly unknown[] | undefined,
  ][] = [
    ["begins with the first", undefined, add(ONE), [ONE]],
    ["grows at its end", [ONE], add(TWO, THREE), [ONE, TWO, THREE]],
    ["is not written for one that it has", [ONE, TWO], add(ONE), undefined],
    [
      "keeps the entry of somebody else for the same manifest",
      [{ ...ONE, annotations: { a: "b" } }],
      add(ONE),
      undefined,
    ],
    ["loses what is taken out, however often it is there", [ONE, TWO, ONE], remove(ONE), [TWO]],
    ["may become empty", [ONE], remove(ONE), []],
    ["is not written for one that it does not have", [ONE], remove(TWO), undefined],
    ["is not made to take something out", undefined, remove(ONE), undefined],
    [
      "takes both kinds of changes at once",
      [ONE, TWO],
      new Map([...remove(ONE), ...add(THREE)]),
      [TWO, THREE],
    ],
    ["may be null, as Go writes it", null, add(ONE), [ONE]],
    [
      "keeps entries that it cannot read",
      ["?", { digest: 1 }],
      add(ONE),
      ["?", { digest: 1 }, ONE],
    ],
  ];
  for (const [name, before, changes, after] of rows) {
    it(name, () => {
      const current = before === undefined ? undefined : list(before);
      const changed = changeIndex(current, changes, "r.example/a:tag");
      if (after === undefined) return assert.equal(changed, undefined);
      const text = JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: after });
      assert.equal(Buffer.from(changed?.manifest.bytes ?? []).toString(), text);
      assert.equal(changed?.isEmpty, after.length === 0);
    });
  }

  it("keeps members written by other clients", () => {
    const current = list([{ ...ONE, "x-own": [1] }], { annotations: { by: "them" }, "x-more": 1 });
    const changed = changeIndex(current, add(TWO), "r.example/a:tag");
    assert.deepEqual(JSON.parse(Buffer.from(changed?.manifest.bytes ?? []).toString()), {
      schemaVersion: 2,
      mediaType: OCI_INDEX,
      annotations: { by: "them" },
      "x-more": 1,
      manifests: [{ ...ONE, "x-own": [1] }, TWO],
    });
  });

  for (const [name, current] of [
    ["an image", list(undefined, { layers: [] }, OCI_MANIFEST)],
    ["an index whose list is none", list("?")],
  ] as const) {
    it(`does not replace ${name}`, () => {
      assert.throws(
        () => changeIndex(current, add(ONE), "r.example/a:tag"),
        (error: Error) => hasCode(error, "CONFLICT") && /r\.example\/a:tag/.test(error.message),
      );
      assert.equal(changeIndex(current, remove(ONE), "r.example/a:tag"), undefined);
    });
  }
});
