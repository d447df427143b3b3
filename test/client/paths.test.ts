import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { hasCode } from "../../provider/errors.js";
import {
  digestOf,
  encodeManifest,
  isDigest,
  isRepositoryName,
  isTag,
  OCI_INDEX,
  type RegistryClient,
} from "../../provider/registry/index.js";
import { emulatorForSuite } from "../support/emulatorForSuite.js";

const DIGEST = digestOf("content");
const INDEX = encodeManifest({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [] });

/** Texts close to valid ones: dots, slashes, escapes and characters that URL parsers interpret. */
const pieces = [
  ...[
    "a",
    "b1",
    "A",
    "..",
    ".",
    "/",
    "//",
    "-",
    "_",
    "__",
    ":",
    "@",
    "%2e",
    "%2F",
    "%00",
    "\\",
    "?",
    "#",
    "&",
  ],
  ...[
    "latest",
    "v1.0",
    "manifests",
    "blobs",
    "uploads",
    "tags",
    "list",
    "_catalog",
    "_tags",
    "sha256:",
    DIGEST,
  ],
  ...["\n", " ", "é", "\u202e", "http://x"],
];
const text = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .array(fc.constantFrom(...pieces), { maxLength: 5 })
      .map((parts) => parts.join("")),
  },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 20 }) },
  { weight: 1, arbitrary: fc.constantFrom("a", "a/b", "latest", "v1", DIGEST) },
);

interface Call {
  readonly path: (name: string, reference: string) => string;
  readonly accepts: (reference: string) => boolean;
  readonly send: (registry: RegistryClient, name: string, reference: string) => Promise<unknown>;
}

const isReference = (reference: string): boolean => isTag(reference) || isDigest(reference);
const any = (): boolean => true;
const first = async (items: AsyncIterable<unknown>): Promise<void> => {
  for await (const item of items) {
    assert.ok(item);
    return;
  }
};

/** Every call that puts a text of its caller into a path. */
const calls: Readonly<Record<string, Call>> = {
  "manifests.resolve": {
    path: (name, reference) => `/v2/${name}/manifests/${reference}`,
    accepts: isReference,
    send: (registry, name, reference) => registry.repository(name).manifests.resolve(reference),
  },
  "manifests.push": {
    path: (name, reference) => `/v2/${name}/manifests/${reference}`,
    accepts: isTag,
    send: (registry, name, tag) => registry.repository(name).manifests.push(INDEX, { tag }),
  },
  "manifests.delete": {
    path: (name, reference) => `/v2/${name}/manifests/${reference}`,
    accepts: isDigest,
    send: (registry, name, reference) => registry.repository(name).manifests.delete(reference),
  },
  "blobs.fetch": {
    path: (name, reference) => `/v2/${name}/blobs/${reference}`,
    accepts: isDigest,
    send: (registry, name, reference) => registry.repository(name).blobs.fetch(reference),
  },
  "blobs.delete": {
    path: (name, reference) => `/v2/${name}/blobs/${reference}`,
    accepts: isDigest,
    send: (registry, name, reference) => registry.repository(name).blobs.delete(reference),
  },
  "referrers.list": {
    path: (name, reference) => `/v2/${name}/referrers/${reference}`,
    accepts: isDigest,
    send: (registry, name, reference) => first(registry.repository(name).referrers.list(reference)),
  },
  "tags.list": {
    path: (name) => `/v2/${name}/tags/list`,
    accepts: any,
    send: (registry, name) => first(registry.repository(name).tags.list()),
  },
  "tags.delete": {
    path: (name, reference) => `/acr/v1/${name}/_tags/${reference}`,
    accepts: isTag,
    send: (registry, name, reference) => registry.repository(name).tags.delete(reference),
  },
  "attributes.manifest": {
    path: (name, reference) =>
      `/acr/v1/${name}/${isTag(reference) ? "_tags" : "_manifests"}/${reference}`,
    accepts: (reference) => isTag(reference) || isDigest(reference),
    send: (registry, name, reference) => registry.repository(name).attributes.manifest(reference),
  },
  "attributes.updateTag": {
    path: (name, reference) => `/acr/v1/${name}/_tags/${reference}`,
    accepts: isTag,
    send: (registry, name, tag) =>
      registry.repository(name).attributes.updateTag(tag, { writeEnabled: true }),
  },
  deleteRepository: {
    path: (name) => `/acr/v1/${name}`,
    accepts: any,
    send: (registry, name) => registry.deleteRepository(name),
  },
};

describe("any text as a repository and a reference", function () {
  this.timeout(60_000);
  this.slow(10_000);
  const subject = emulatorForSuite();

  it("refuses a digest as the tag of a manifest", async () => {
    const { manifests } = subject.client().repository("a");
    await assert.rejects(manifests.push(INDEX, { tag: DIGEST }), { code: "INPUT_INVALID" });
  });

  for (const [name, { path, accepts, send }] of Object.entries(calls)) {
    it(`${name} is refused, or is sent to exactly its path`, async () => {
      const registry = subject.client();
      await fc.assert(
        fc.asyncProperty(text, text, async (repository, reference) => {
          subject.emulator.journal.clear();
          const outcome = await Promise.resolve()
            .then(() => send(registry, repository, reference))
            .then(
              () => "sent",
              (error: unknown) => (hasCode(error, "INPUT_INVALID") ? "refused" : "sent"),
            );
          const valid = isRepositoryName(repository) && accepts(reference);
          assert.equal(outcome, valid ? "sent" : "refused");
          const { entries } = subject.emulator.journal;
          const paths = entries
            .map((entry) => entry.path)
            .filter((one) => !one.startsWith("/oauth2/"));
          if (valid) assert.equal(paths[0], path(repository, reference));
          else assert.deepEqual(entries, []);
        }),
        { numRuns: 150 },
      );
    });
  }
});

describe("pages of any size", function () {
  this.timeout(60_000);
  this.slow(10_000);
  const subject = emulatorForSuite();

  it("list everything once, in order, from any item on", async () => {
    const repository = subject.client().repository("pages");
    const names = Array.from({ length: 23 }, (_, index) => `v${index * index}`).sort();
    for (const tag of names) await repository.manifests.push(INDEX, { tag });
    const sizes = fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined });
    const places = fc.option(fc.constantFrom(...names), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(sizes, places, async (pageSize, after) => {
        const expected = names.slice(after === undefined ? 0 : names.indexOf(after) + 1);
        const plain: string[] = [];
        for await (const tag of repository.tags.list({ pageSize, after })) plain.push(tag);
        assert.deepEqual(plain, expected);
        const told: string[] = [];
        for await (const { name } of repository.attributes.listTags({ pageSize, after }))
          told.push(name);
        assert.deepEqual(told, expected);
      }),
      { numRuns: 40 },
    );
  });
});
