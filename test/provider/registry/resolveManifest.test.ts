import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { hasCode } from "../../../provider/errors.js";
import {
  BYTES,
  DESCRIPTOR,
  FOREIGN,
  HEADERS,
  manifests,
  TAG,
  UNKNOWN,
  without,
} from "./fakeManifests.js";
import { ABSENT, OTHER, refusal, type Reply } from "./fakeTransport.js";

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
    it(`does not take for absent: ${name}`, async () => {
      await assert.rejects(manifests(...replies).manifests.resolve(TAG), (e) => hasCode(e, code));
    });
  }

  it("compares the answer with the requested digest", async () => {
    const reply = { status: 200, headers: { ...HEADERS, "docker-content-digest": FOREIGN } };
    await assert.rejects(manifests(reply).manifests.resolve(DESCRIPTOR.digest), (error: Error) => {
      assert.match(error.message, /^look up the manifest a@sha256:/);
      return hasCode(error, "DIGEST_MISMATCH");
    });
  });
});

function notAccepted(): Error {
  const error = refusal("NOT_FOUND", 404, "MANIFEST_UNKNOWN");
  const message = "OCI manifest found, but accept header does not support OCI manifests";
  return Object.assign(error, { diagnostics: [{ code: "MANIFEST_UNKNOWN", message }] });
}
