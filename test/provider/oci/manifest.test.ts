import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { hasCode } from "../../../provider/errors.js";
import type { Descriptor } from "../../../provider/oci/descriptor.js";
import { digestOf } from "../../../provider/oci/digest.js";
import {
  EMPTY_DESCRIPTOR,
  encodeManifest,
  encodeRawManifest,
  type ImageManifest,
  MANIFEST_SIZE_LIMIT,
  parseManifest,
} from "../../../provider/oci/manifest.js";
import { OCI_INDEX, OCI_MANIFEST } from "../../../provider/oci/mediaTypes.js";

const isProtocolError = (error: unknown): boolean => hasCode(error, "PROTOCOL");
const bytesOf = (value: unknown): Uint8Array =>
  new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));
const layer: Descriptor = { mediaType: "a/b", digest: digestOf("x"), size: 1 };

function manifestWith(annotations: Record<string, string>): ImageManifest {
  return {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    artifactType: "a/b",
    config: EMPTY_DESCRIPTOR,
    layers: [layer],
    annotations,
  };
}

describe("encodeManifest", () => {
  it("writes the members in the order of the specification, whatever order they came in", () => {
    const { bytes, descriptor } = encodeManifest({
      annotations: { b: "2", a: "1" },
      subject: { size: 3, digest: digestOf("s"), mediaType: OCI_MANIFEST },
      layers: [{ annotations: { z: "", "10": "ten", "9": "nine" }, ...layer }],
      config: EMPTY_DESCRIPTOR,
      artifactType: "a/b",
      mediaType: OCI_MANIFEST,
      schemaVersion: 2,
    });
    assert.equal(
      new TextDecoder().decode(bytes),
      `{"schemaVersion":2,"mediaType":"${OCI_MANIFEST}","artifactType":"a/b",` +
        `"config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"${EMPTY_DESCRIPTOR.digest}","size":2,"data":"e30="},` +
        `"layers":[{"mediaType":"a/b","digest":"${layer.digest}","size":1,"annotations":{"10":"ten","9":"nine","z":""}}],` +
        `"subject":{"mediaType":"${OCI_MANIFEST}","digest":"${digestOf("s")}","size":3},` +
        `"annotations":{"a":"1","b":"2"}}`,
    );
    assert.deepEqual(descriptor, {
      mediaType: OCI_MANIFEST,
      digest: digestOf(bytes),
      size: bytes.length,
    });
  });

  it("escapes what Go's encoder escapes, in names too, so that ORAS makes the same bytes", () => {
    const { bytes } = encodeManifest({
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      config: EMPTY_DESCRIPTOR,
      layers: [],
      annotations: { "a<b": 'Jane <jane@example.com> & "J"\u2028\u2029\u00e9' },
    });
    const written =
      '{"a\\u003cb":"Jane \\u003cjane@example.com\\u003e \\u0026 \\"J\\"\\u2028\\u2029\u00e9"}';
    assert.ok(Buffer.from(bytes).toString().includes(written));
  });

  it("does not depend on the order of annotations, and loses none", () => {
    const key = fc.oneof(
      fc.string(),
      fc.nat().map(String),
      fc.constantFrom("__proto__", "😀", "\uffff"),
    );
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(key, fc.string()), { selector: ([k]) => k }), (pairs) => {
        const forth = encodeManifest(manifestWith(Object.fromEntries(pairs)));
        const back = encodeManifest(manifestWith(Object.fromEntries([...pairs].reverse())));
        assert.deepEqual(forth.bytes, back.bytes);
        const parsed = parseManifest(forth.bytes, OCI_MANIFEST);
        assert.deepEqual(
          new Map(Object.entries(parsed.annotations)),
          new Map(Object.entries(Object.fromEntries(pairs))),
        );
      }),
    );
  });

  it("leaves empty annotations out and keeps an index's platform", () => {
    const { bytes } = encodeManifest({
      schemaVersion: 2,
      mediaType: OCI_INDEX,
      manifests: [{ ...layer, annotations: {}, platform: { os: "linux", architecture: "arm64" } }],
    });
    assert.equal(
      new TextDecoder().decode(bytes),
      `{"schemaVersion":2,"mediaType":"${OCI_INDEX}","manifests":[{"mediaType":"a/b","digest":"${layer.digest}",` +
        `"size":1,"platform":{"architecture":"arm64","os":"linux"}}]}`,
    );
  });

  it("refuses a manifest that is too large for registries", () => {
    assert.equal(
      encodeRawManifest(new Uint8Array(MANIFEST_SIZE_LIMIT), "a/b").descriptor.size,
      MANIFEST_SIZE_LIMIT,
    );
    assert.throws(
      () => encodeRawManifest(new Uint8Array(MANIFEST_SIZE_LIMIT + 1), "a/b"),
      (error) => hasCode(error, "INPUT_INVALID"),
    );
  });
});

describe("parseManifest", () => {
  it("reads known members and drops the rest", () => {
    const parsed = parseManifest(
      bytesOf({
        layers: [{ ...layer, extra: 1 }],
        config: EMPTY_DESCRIPTOR,
        subject: null,
        other: 1,
      }),
      OCI_MANIFEST,
    );
    assert.deepEqual(parsed, {
      mediaType: OCI_MANIFEST,
      config: EMPTY_DESCRIPTOR,
      layers: [layer],
      manifests: [],
      annotations: {},
    });
  });

  const bad: readonly [name: string, bytes: Uint8Array][] = [
    ["a document that is an image and an index", bytesOf({ layers: [], manifests: [] })],
    ["an index with a config", bytesOf({ config: layer, manifests: [] })],
    ["another media type than it was served with", bytesOf({ mediaType: OCI_INDEX, layers: [] })],
    ["a media type that is no text", bytesOf({ mediaType: 1 })],
    ["what is not JSON", bytesOf("<html>")],
    ["an array", bytesOf([])],
    ["null", bytesOf(null)],
    ["a byte order mark", bytesOf("\ufeff{}")],
    ["what is not UTF-8", Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d)],
    [
      "a layer with a path for a digest",
      bytesOf({ layers: [{ ...layer, digest: "sha256:../x" }] }),
    ],
    ["a layer without a size", bytesOf({ layers: [{ ...layer, size: undefined }] })],
    ["a negative size", bytesOf({ layers: [{ ...layer, size: -1 }] })],
    ["a size that no number can hold", bytesOf({ layers: [{ ...layer, size: 2 ** 60 }] })],
    ["a layer without a media type", bytesOf({ layers: [{ ...layer, mediaType: "" }] })],
    ["layers that are no list", bytesOf({ layers: {} })],
    ["annotations that are no texts", bytesOf({ annotations: { a: 1 } })],
  ];
  for (const [name, bytes] of bad) {
    it(`refuses ${name}`, () =>
      assert.throws(() => parseManifest(bytes, OCI_MANIFEST), isProtocolError));
  }
});
