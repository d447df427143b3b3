import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { describeDrift, findDrift } from "../../../provider/artifact/drift.js";
import type { LiveArtifact, WantedArtifact } from "../../../provider/artifact/inspect.js";
import { NOTHING_MISSING, NOTHING_WANTED } from "../../../provider/artifact/missingParts.js";
import { digestOf } from "../../../provider/oci/digest.js";
import { parseTag } from "../../../provider/oci/reference.js";
import { LOCKED, OPEN } from "../../support/attributes.js";

const DIGEST = digestOf("ours");
const THEIRS = digestOf("theirs");
const BLOB = digestOf("blob");
const BASE = "registry.example/app";
const LOCK = { deleteEnabled: false, writeEnabled: false };

const wanted: WantedArtifact = {
  digest: DIGEST,
  tags: [parseTag("v1"), parseTag("v2")],
  parts: NOTHING_WANTED,
};
const tags = (v1: object, v2: object = { digest: DIGEST }): LiveArtifact["tags"] =>
  new Map([
    ["v1", { digest: DIGEST, ...v1 }],
    ["v2", { digest: DIGEST, ...v2 }],
  ]);

/** Declared and live attributes, and the expected sentences. */
const ROWS: Readonly<Record<string, [Partial<WantedArtifact>, LiveArtifact, string[]]>> = {
  nothing: [{}, { tags: tags({}), missing: NOTHING_MISSING }, []],
  "a moved tag, with its time": [
    {},
    {
      tags: tags({ digest: THEIRS, lastUpdateTime: "2026-01-02T03:04:05Z" }),
      missing: NOTHING_MISSING,
    },
    [`${BASE}:v1 was moved since 2026-01-02T03:04:05Z: it names ${THEIRS}; declared: ${DIGEST}`],
  ],
  "a moved tag where times are not told": [
    {},
    { tags: tags({ digest: THEIRS }), missing: NOTHING_MISSING },
    [`${BASE}:v1 was moved: it names ${THEIRS}; declared: ${DIGEST}`],
  ],
  "deleted tags": [
    {},
    { tags: new Map(), missing: NOTHING_MISSING },
    [1, 2].map((n) => `${BASE}:v${n} was deleted; declared: ${DIGEST}`),
  ],
  "a missing manifest, of those that came along": [
    {},
    { tags: tags({}), missing: { ...NOTHING_MISSING, manifests: [THEIRS] } },
    [`${BASE}@${THEIRS} is missing: it was published, and somebody deleted it`],
  ],
  "a missing blob": [
    {},
    { tags: tags({}), missing: { ...NOTHING_MISSING, blobs: [BLOB] } },
    [`${BASE}@${BLOB} is missing: the artifact cannot be pulled`],
  ],
  "a referrer that its subject does not list": [
    { subject: THEIRS },
    { tags: tags({}), missing: NOTHING_MISSING, referrer: "unlisted" },
    [`${BASE}@${DIGEST} is no longer listed as a referrer of its subject, ${THEIRS}`],
  ],
  "a referrer that is listed": [
    { subject: THEIRS },
    { tags: tags({}), missing: NOTHING_MISSING, referrer: "listed" },
    [],
  ],
  "a referrer whose subject is gone": [
    { subject: THEIRS },
    { tags: tags({}), missing: NOTHING_MISSING, referrer: "subject-absent" },
    [],
  ],
  "attributes that no lock names": [
    {},
    { tags: tags({ attributes: LOCKED }), attributes: LOCKED, missing: NOTHING_MISSING },
    [],
  ],
  "attributes beside those of the lock": [
    { lock: LOCK },
    {
      tags: tags({ attributes: { ...LOCKED, listEnabled: false } }, { attributes: LOCKED }),
      attributes: LOCKED,
      missing: NOTHING_MISSING,
    },
    [],
  ],
  "an opened tag and manifest": [
    { lock: LOCK },
    {
      tags: tags({ attributes: LOCKED }, { attributes: { ...LOCKED, deleteEnabled: true } }),
      attributes: OPEN,
      missing: NOTHING_MISSING,
    },
    [
      `${BASE}:v2 has deleteEnabled=true, writeEnabled=false; declared: deleteEnabled=false, writeEnabled=false`,
      `${BASE}@${DIGEST} has deleteEnabled=true, writeEnabled=true; declared: deleteEnabled=false, writeEnabled=false`,
    ],
  ],
  "attributes of a tag that is elsewhere": [
    { lock: LOCK },
    {
      tags: tags({ digest: THEIRS, attributes: OPEN }, { attributes: LOCKED }),
      attributes: LOCKED,
      missing: NOTHING_MISSING,
    },
    [`${BASE}:v1 was moved: it names ${THEIRS}; declared: ${DIGEST}`],
  ],
};

describe("findDrift", () => {
  for (const [name, [declared, live, said]] of Object.entries(ROWS)) {
    it(`names ${name}`, () => {
      const drift = findDrift({ ...wanted, ...declared }, live, BASE);
      assert.deepEqual(drift.map(describeDrift), said);
    });
  }
});
