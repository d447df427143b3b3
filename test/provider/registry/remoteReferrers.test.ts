import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { hasCode } from "../../../provider/errors.js";
import type { Descriptor } from "../../../provider/oci/descriptor.js";
import { digestOf } from "../../../provider/oci/digest.js";
import { encodeManifest } from "../../../provider/oci/manifest.js";
import { OCI_INDEX, OCI_MANIFEST } from "../../../provider/oci/mediaTypes.js";
import { parseRepositoryName } from "../../../provider/oci/reference.js";
import { RemoteManifests } from "../../../provider/registry/remoteManifests.js";
import { referrersTag } from "../../../provider/registry/referrersDocument.js";
import { ReferrersIndex } from "../../../provider/registry/referrersIndex.js";
import { RemoteReferrers } from "../../../provider/registry/remoteReferrers.js";
import { isRegistryError } from "../../../provider/registry/refusal.js";
import { AT_ONCE } from "./fakeManifests.js";
import { ACR, FakeTransport, OTHER, refusal, type Reply } from "./fakeTransport.js";

const SUBJECT = digestOf("subject");
const TYPE = { ...ACR, "content-type": OCI_INDEX };
const NO_TAG = refusal("NOT_FOUND", 404, "MANIFEST_UNKNOWN");
const PLAIN = { "content-type": "text/plain" };

const referrer = (name: string, artifactType = "a/b"): Descriptor => ({
  mediaType: OCI_MANIFEST,
  digest: digestOf(name),
  size: 1,
  artifactType,
});

function index(manifests: readonly Descriptor[], headers: Record<string, string> = {}): Reply {
  const { bytes } = encodeManifest({ schemaVersion: 2, mediaType: OCI_INDEX, manifests });
  return { status: 200, headers: { ...TYPE, ...headers }, body: bytes };
}

function list(artifactType: string | undefined, ...replies: readonly (Reply | Error)[]) {
  return listThrough(FakeTransport.script(...replies), artifactType);
}

async function listThrough(transport: FakeTransport, artifactType: string | undefined) {
  const context = { transport, repository: parseRepositoryName("a"), actions: [] };
  const index = new ReferrersIndex(context, AT_ONCE);
  const referrers = new RemoteReferrers(context, new RemoteManifests(context, index), index);
  const found: Descriptor[] = [];
  for await (const item of referrers.list(SUBJECT, { artifactType })) found.push(item);
  return { found, journal: transport.journal };
}

const API = `GET /v2/a/referrers/${SUBJECT}`;
const SCHEMA = `GET /v2/a/manifests/${referrersTag(SUBJECT)}`;

describe("referrers", () => {
  const [one, two, three] = [referrer("1"), referrer("2", "c/d"), referrer("3")];
  const link = `</v2/a/referrers/${SUBJECT}?last=1>; rel="next"`;
  const rows: readonly [
    name: string,
    type: string | undefined,
    replies: readonly (Reply | Error)[],
    found: readonly Descriptor[],
    journal: readonly string[],
  ][] = [
    [
      "of the API and of the tag, each once",
      undefined,
      [index([one, two]), index([two, three])],
      [one, two, three],
      [API, SCHEMA],
    ],
    ["of the API alone", undefined, [index([one]), NO_TAG], [one], [API, SCHEMA]],
    [
      "of all pages",
      undefined,
      [index([one], { link }), index([two]), NO_TAG],
      [one, two],
      [API, API, SCHEMA],
    ],
    [
      "filtered, also where the registry does not do it",
      "c/d",
      [index([one, two]), index([three])],
      [two],
      [API, SCHEMA],
    ],
    [
      "of the tag where the API is missing",
      undefined,
      [{ status: 404, headers: { ...OTHER, ...PLAIN } }, index([one])],
      [one],
      [API, SCHEMA],
    ],
    [
      "of the tag where the registry says that it does not do it",
      undefined,
      [{ status: 405, body: `{"errors":[{"code":"UNSUPPORTED"}]}` }, index([one])],
      [one],
      [API, SCHEMA],
    ],
    [
      "none, where the repository is unknown",
      undefined,
      [{ status: 404, body: `{"errors":[{"code":"NAME_UNKNOWN"}]}` }, NO_TAG],
      [],
      [API, SCHEMA],
    ],
    [
      "none, where an unsigned 404 page is a registry's after all",
      undefined,
      [{ status: 404, headers: PLAIN }, { status: 200, headers: OTHER }, NO_TAG],
      [],
      [API, "GET /v2/", SCHEMA],
    ],
    [
      "not of a tag that is no index",
      undefined,
      [index([]), { status: 200, headers: { "content-type": OCI_MANIFEST }, body: "{}" }],
      [],
      [API, SCHEMA],
    ],
  ];
  for (const [name, type, replies, found, journal] of rows) {
    it(`are those ${name}`, async () => {
      assert.deepEqual(await list(type, ...replies), { found, journal });
    });
  }

  const failures: readonly [
    name: string,
    replies: readonly (Reply | Error)[],
    code: Parameters<typeof hasCode>[1],
  ][] = [
    [
      "a portal's 404",
      [
        { status: 404, headers: PLAIN },
        { status: 200, body: "<html>" },
      ],
      "REJECTED",
    ],
    ["a portal's page", [{ status: 200, headers: { "content-type": "text/html" } }], "PROTOCOL"],
    ["401", [refusal("UNAUTHORIZED", 401)], "UNAUTHORIZED"],
    ["429", [refusal("THROTTLED", 429)], "THROTTLED"],
    ["a 404 page for the tag", [index([]), refusal("REJECTED", 404)], "REJECTED"],
    [
      "a digest that is none",
      [
        {
          status: 200,
          headers: TYPE,
          body: `{"manifests":[{"mediaType":"a/b","size":1,"digest":"x"}]}`,
        },
      ],
      "PROTOCOL",
    ],
  ];
  for (const [name, replies, code] of failures) {
    it(`are never "none" after ${name}`, async () => {
      await assert.rejects(list(undefined, ...replies), (error: Error) => {
        if (code === "PROTOCOL") assert.match(error.message, /^list the referrers of a@sha256:/);
        return hasCode(error, code);
      });
    });
  }

  for (const status of [400, 404, 405, 501]) {
    it(`fail if a later page is answered with ${status}`, async () => {
      const expired = refusal("REJECTED", status, "PAGINATION_TOKEN_EXPIRED");
      // If the transport took the refusal for an answer, the client would read the tag.
      const replies = new FakeTransport(({ expect }, count) => {
        if (count === 0) return index([one], { link });
        if (count > 1) throw NO_TAG;
        if (!expect.includes(status)) throw expired;
        return { status, body: `{"errors":[{"code":"PAGINATION_TOKEN_EXPIRED"}]}` };
      });
      await assert.rejects(listThrough(replies, undefined), (error: Error) => {
        assert.match(error.message, /^REJECTED .* is not complete: try again$/);
        return isRegistryError(error) && error.status === status && hasCode(error, "REJECTED");
      });
    });
  }

  it("have a valid tag, also for sha512", () => {
    assert.equal(referrersTag(SUBJECT), SUBJECT.replace(":", "-"));
    assert.match(referrersTag(digestOf("x", "sha512")), /^sha512-[a-f0-9]{64}$/);
  });
});
