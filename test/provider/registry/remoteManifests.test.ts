import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { hasCode } from "../../../provider/errors.js";
import { digestOf } from "../../../provider/oci/digest.js";
import { encodeRawManifest } from "../../../provider/oci/manifest.js";
import { OCI_INDEX, OCI_MANIFEST } from "../../../provider/oci/mediaTypes.js";
import { missingBlobs } from "../../../provider/registry/refusal.js";
import {
  BYTES,
  DESCRIPTOR,
  FOREIGN,
  HEADERS,
  INDEX,
  manifests,
  TAG,
  UNKNOWN,
  without,
} from "./fakeManifests.js";
import { refusal, type Reply } from "./fakeTransport.js";

describe("fetch of a manifest", () => {
  it("returns the raw bytes, whatever the type, and accepts all types it can read", async () => {
    const raw = encodeRawManifest(new TextEncoder().encode(`{ "x" : 1 }`), "application/x.y+json");
    const headers = { "content-type": "application/x.y+json; charset=utf-8" };
    const { transport, manifests: store } = manifests({ status: 200, headers, body: raw.bytes });
    const fetched = await store.fetch(TAG, { accept: ["application/x.y+json"] });
    assert.deepEqual(fetched?.descriptor, raw.descriptor);
    assert.deepEqual(Buffer.from(fetched.bytes), Buffer.from(raw.bytes));
    const accept = transport.requests[0]?.headers?.["accept"] ?? "";
    assert.match(
      accept,
      /^application\/x\.y\+json, application\/vnd\.oci\.image\.manifest\.v1\+json, /,
    );
  });

  it("is undefined only if the registry says so", async () => {
    assert.equal(await manifests(UNKNOWN).manifests.fetch(TAG), undefined);
    await assert.rejects(manifests(refusal("REJECTED", 404)).manifests.fetch(TAG));
  });

  const ambiguous = new TextEncoder().encode(`{"manifests":[],"layers":[]}`);
  const failures: readonly [name: string, reply: Reply, code: Parameters<typeof hasCode>[1]][] = [
    [
      "other bytes than the digest asked for",
      { status: 200, headers: without("docker-content-digest"), body: "{}" },
      "DIGEST_MISMATCH",
    ],
    [
      "another digest in the header",
      { status: 200, headers: { ...HEADERS, "docker-content-digest": FOREIGN }, body: BYTES },
      "DIGEST_MISMATCH",
    ],
    [
      "another type than the body's",
      { status: 200, headers: { ...HEADERS, "content-type": OCI_MANIFEST }, body: BYTES },
      "PROTOCOL",
    ],
    [
      "application/json",
      { status: 200, headers: { ...HEADERS, "content-type": "application/json" }, body: BYTES },
      "PROTOCOL",
    ],
    ["no type", { status: 200, headers: without("content-type"), body: BYTES }, "PROTOCOL"],
  ];
  for (const [name, reply, code] of failures) {
    it(`refuses ${name}`, async () => {
      const { manifests: store } = manifests(reply);
      await assert.rejects(store.fetch(DESCRIPTOR.digest), (error) => hasCode(error, code));
    });
  }

  it("refuses a document that is an image and an index", async () => {
    const reply = { status: 200, headers: { "content-type": OCI_INDEX }, body: ambiguous };
    await assert.rejects(manifests(reply).manifests.fetch(TAG), (error: Error) => {
      assert.match(error.message, /^fetch the manifest a:v1: /, "says where it was");
      return hasCode(error, "PROTOCOL");
    });
  });

  it("checks the bytes of a tag against the registry's own digest", async () => {
    const reply = {
      status: 200,
      headers: { ...HEADERS, "docker-content-digest": FOREIGN },
      body: BYTES,
    };
    await assert.rejects(manifests(reply).manifests.fetch(TAG), (e) =>
      hasCode(e, "DIGEST_MISMATCH"),
    );
  });

  it("accepts a sha512 digest from a registry that answers with sha256", async () => {
    const reply = { status: 200, headers: HEADERS, body: BYTES };
    const digest = digestOf(BYTES, "sha512");
    assert.equal((await manifests(reply).manifests.fetch(digest))?.descriptor.digest, digest);
  });
});

describe("push of a manifest", () => {
  it("writes to its digest, or to a tag, with its type", async () => {
    const { transport, manifests: store } = manifests(
      { status: 201, headers: { "docker-content-digest": DESCRIPTOR.digest } },
      {
        status: 201,
        headers: { "docker-content-digest": DESCRIPTOR.digest, "oci-subject": FOREIGN },
      },
    );
    assert.deepEqual(await store.push(INDEX), { subjectIndexed: false });
    assert.deepEqual(await store.push(INDEX, { tag: TAG }), { subjectIndexed: true });
    assert.deepEqual(transport.journal, [
      `PUT /v2/a/manifests/${DESCRIPTOR.digest}`,
      "PUT /v2/a/manifests/v1",
    ]);
    for (const { headers, sent, repeatable } of transport.requests) {
      assert.equal(headers?.["content-type"], OCI_INDEX);
      assert.deepEqual(sent, Buffer.from(BYTES));
      assert.equal(repeatable, true);
    }
  });

  it("fails if the registry reports another digest", async () => {
    const reply = { status: 201, headers: { "docker-content-digest": FOREIGN } };
    await assert.rejects(manifests(reply).manifests.push(INDEX, { tag: TAG }), (error) =>
      hasCode(error, "DIGEST_MISMATCH"),
    );
  });

  const details: readonly [
    name: string,
    details: readonly unknown[],
    missing: readonly string[],
  ][] = [
    [
      "as ACR and distribution name them",
      [FOREIGN, DESCRIPTOR.digest, FOREIGN],
      [FOREIGN, DESCRIPTOR.digest],
    ],
    ["wrapped in an object", [{ digest: FOREIGN, mediaType: "x" }], [FOREIGN]],
    ["not at all", [undefined, null, "text", {}, 1], []],
  ];
  for (const [name, given, missing] of details) {
    it(`reports the missing blobs ${name}`, async () => {
      const diagnostics = given.map((detail) => ({
        code: "MANIFEST_BLOB_UNKNOWN",
        message: "",
        detail,
      }));
      const error = Object.assign(refusal("REJECTED", 400), { diagnostics });
      await assert.rejects(manifests(error).manifests.push(INDEX), (caught) => {
        assert.deepEqual(missingBlobs(caught), missing);
        return true;
      });
    });
  }
});

describe("delete of a manifest", () => {
  it("tells whether it was there", async () => {
    assert.equal(await manifests({ status: 202 }).manifests.delete(DESCRIPTOR.digest), true);
    assert.equal(await manifests(UNKNOWN).manifests.delete(DESCRIPTOR.digest), false);
    await assert.rejects(manifests(refusal("REJECTED", 404)).manifests.delete(DESCRIPTOR.digest));
  });

  it("asks for the delete permission alone", async () => {
    const { transport, manifests: store } = manifests({ status: 202 });
    await store.delete(DESCRIPTOR.digest);
    assert.deepEqual(transport.requests[0]?.scopes, [
      { type: "repository", repository: "a", actions: ["delete"] },
    ]);
  });
});
