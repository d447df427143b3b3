import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { hasCode } from "../../../provider/errors.js";
import { digestOf } from "../../../provider/oci/digest.js";
import { encodeManifest, encodeRawManifest } from "../../../provider/oci/manifest.js";
import { OCI_INDEX, OCI_MANIFEST } from "../../../provider/oci/mediaTypes.js";
import { parseRepositoryName, parseTag } from "../../../provider/oci/reference.js";
import { missingBlobs } from "../../../provider/registry/refusal.js";
import { RemoteManifests } from "../../../provider/registry/remoteManifests.js";
import { ABSENT, ACR, FakeTransport, OTHER, refusal, type Reply } from "./fakeTransport.js";

const TAG = parseTag("v1");
const INDEX = encodeManifest({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [] });
const { bytes: BYTES, descriptor: DESCRIPTOR } = INDEX;
const FOREIGN = digestOf("other");
const HEADERS = {
  ...ACR,
  "content-type": OCI_INDEX,
  "content-length": String(DESCRIPTOR.size),
  "docker-content-digest": DESCRIPTOR.digest,
};
const UNKNOWN = refusal("NOT_FOUND", 404, "MANIFEST_UNKNOWN");

function manifests(...replies: readonly (Reply | Error)[]) {
  const transport = FakeTransport.script(...replies);
  const context = { transport, repository: parseRepositoryName("a"), actions: [] };
  return { transport, manifests: new RemoteManifests(context) };
}

const without = (name: string): Record<string, string> =>
  Object.fromEntries(Object.entries(HEADERS).filter(([key]) => key !== name));

describe("resolve", () => {
  const found: readonly [name: string, replies: readonly Reply[], methods: string][] = [
    ["in one request", [{ status: 200, headers: HEADERS }], "HEAD"],
    [
      "by GET where HEAD has no digest",
      [
        { status: 200, headers: without("docker-content-digest") },
        { status: 200, headers: HEADERS, body: BYTES },
      ],
      "HEAD GET",
    ],
    [
      "by GET where HEAD has no length",
      [
        { status: 200, headers: without("content-length") },
        { status: 200, headers: HEADERS, body: BYTES },
      ],
      "HEAD GET",
    ],
    [
      "by GET where a 404 was a proxy's",
      [
        { status: 404, headers: { "content-type": "text/html" } },
        { status: 200, headers: HEADERS, body: BYTES },
      ],
      "HEAD GET",
    ],
  ];
  for (const [name, replies, methods] of found) {
    it(`finds ${name}`, async () => {
      const { transport, manifests: store } = manifests(...replies);
      assert.deepEqual(await store.resolve(TAG), DESCRIPTOR);
      assert.equal(transport.methods, methods);
    });
  }

  const absent: readonly [name: string, replies: readonly (Reply | Error)[], methods: string][] = [
    ["a 404 that a registry signed", [ABSENT], "HEAD"],
    ["an unsigned one that GET confirms", [{ status: 404 }, UNKNOWN], "HEAD GET"],
    [
      "a gateway's JSON that GET confirms",
      [{ status: 404, headers: { "content-type": "application/json" } }, UNKNOWN],
      "HEAD GET",
    ],
  ];
  for (const [name, replies, methods] of absent) {
    it(`believes ${name}`, async () => {
      const { transport, manifests: store } = manifests(...replies);
      assert.equal(await store.resolve(TAG), undefined);
      assert.equal(transport.methods, methods);
    });
  }

  const failures: readonly [
    name: string,
    replies: readonly (Reply | Error)[],
    code: Parameters<typeof hasCode>[1],
  ][] = [
    [
      "the plain 404 page of a registry",
      [
        { status: 404, headers: { ...OTHER, "content-type": "text/plain" } },
        refusal("REJECTED", 404),
      ],
      "REJECTED",
    ],
    ["a type that Accept leaves out", [{ status: 404 }, notAccepted()], "NOT_FOUND"],
    ["401", [refusal("UNAUTHORIZED", 401)], "UNAUTHORIZED"],
    ["429", [refusal("THROTTLED", 429)], "THROTTLED"],
    ["500", [refusal("UNAVAILABLE", 500)], "UNAVAILABLE"],
    [
      "a malformed digest",
      [{ status: 200, headers: { ...HEADERS, "docker-content-digest": "sha256:../x" } }],
      "PROTOCOL",
    ],
    [
      "no content type",
      [
        { status: 200, headers: without("content-type") },
        { status: 200, headers: without("content-type"), body: BYTES },
      ],
      "PROTOCOL",
    ],
  ];
  for (const [name, replies, code] of failures) {
    it(`never takes for absent: ${name}`, async () => {
      await assert.rejects(manifests(...replies).manifests.resolve(TAG), (e) => hasCode(e, code));
    });
  }

  it("compares the digest that it asked for", async () => {
    const reply = { status: 200, headers: { ...HEADERS, "docker-content-digest": FOREIGN } };
    await assert.rejects(manifests(reply).manifests.resolve(DESCRIPTOR.digest), (error) =>
      hasCode(error, "DIGEST_MISMATCH"),
    );
  });
});

function notAccepted(): Error {
  const error = refusal("NOT_FOUND", 404, "MANIFEST_UNKNOWN");
  const message = "OCI manifest found, but accept header does not support OCI manifests";
  return Object.assign(error, { diagnostics: [{ code: "MANIFEST_UNKNOWN", message }] });
}

describe("fetch of a manifest", () => {
  it("gives the raw bytes, whatever the type, and names all types it can read", async () => {
    const raw = encodeRawManifest(new TextEncoder().encode(`{ "x" : 1 }`), "application/x.y+json");
    const headers = { "content-type": "application/x.y+json; charset=utf-8" };
    const { transport, manifests: store } = manifests({ status: 200, headers, body: raw.bytes });
    const fetched = await store.fetch(TAG, { accept: ["application/x.y+json"] });
    assert.deepEqual(fetched?.descriptor, raw.descriptor);
    assert.deepEqual(Buffer.from(fetched?.bytes ?? []), Buffer.from(raw.bytes));
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
    await assert.rejects(manifests(reply).manifests.fetch(TAG), (error) =>
      hasCode(error, "PROTOCOL"),
    );
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

  it("takes a sha512 digest from a registry that answers with its sha256", async () => {
    const reply = { status: 200, headers: HEADERS, body: BYTES };
    const digest = digestOf(BYTES, "sha512");
    assert.equal((await manifests(reply).manifests.fetch(digest))?.descriptor.digest, digest);
  });
});

describe("push of a manifest", () => {
  it("goes to its digest, or to a tag, with its type", async () => {
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

  it("refuses another digest than ours", async () => {
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
    it(`tells the missing blobs ${name}`, async () => {
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
