import assert from "node:assert/strict";
import { inspect } from "node:util";
import { describe, it } from "mocha";
import { digestOf, OCI_INDEX, OCI_MANIFEST, parseManifest, pullArtifact } from "pulumi-acr/client";
import { hostileRegistry } from "../support/hostileRegistry.js";
import { TemporaryFolder } from "../support/temporaryFolder.js";

const EMPTY = { mediaType: "application/vnd.oci.empty.v1+json", digest: digestOf("{}"), size: 2 };
const IMAGE = { schemaVersion: 2, mediaType: OCI_MANIFEST, config: EMPTY, layers: [] };
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const LONG = "x".repeat(1_000_000);
const TERMINAL = "\u001b[2J\u009b31m\u202e";

/** Documents that readers may interpret differently, with their content type. */
const refused: readonly (readonly [string, Buffer, string | undefined])[] = [
  ["an image and an index", json({ ...IMAGE, manifests: [] }), OCI_MANIFEST],
  ["an index with layers", json({ schemaVersion: 2, manifests: [], layers: [] }), OCI_INDEX],
  ["an index with a config", json({ schemaVersion: 2, manifests: [], config: EMPTY }), OCI_INDEX],
  ["another type in the document", json(IMAGE), OCI_INDEX],
  ["a type in the document of 1 MB", json({ ...IMAGE, mediaType: LONG }), OCI_MANIFEST],
  ["a type in a terminal's language", json({ ...IMAGE, mediaType: TERMINAL }), OCI_MANIFEST],
  ["a type that is no text", json({ ...IMAGE, mediaType: { a: LONG } }), OCI_MANIFEST],
  ["no Content-Type", json(IMAGE), undefined],
  ["application/json", json(IMAGE), "application/json"],
  ["a Content-Type that is none", json(IMAGE), "y".repeat(8000)],
  ["a Content-Type of 8-bit controls", json(IMAGE), "\u009b31m/\u0085"],
  ["a byte order mark", Buffer.concat([Buffer.from("\ufeff"), json(IMAGE)]), OCI_MANIFEST],
  [
    "bytes that are not UTF-8",
    Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
    OCI_MANIFEST,
  ],
  ["UTF-16", Buffer.from(JSON.stringify(IMAGE), "utf16le"), OCI_MANIFEST],
  ["a list", json([IMAGE]), OCI_MANIFEST],
  ["null", json(null), OCI_MANIFEST],
  ["nothing", Buffer.alloc(0), OCI_MANIFEST],
  ["a page", Buffer.from(`<html>${TERMINAL}</html>`), OCI_MANIFEST],
  [
    "depth of 100,000",
    Buffer.from(`{"a":${"[".repeat(100_000)}${"]".repeat(100_000)},"b":}`),
    OCI_MANIFEST,
  ],
];

describe("§1.5: manifests that can be read in two ways", function () {
  this.timeout(20_000);
  for (const [name, bytes, type] of refused) {
    it(`${name}: refused, by tag and by digest`, async () => {
      const { client } = await hostileRegistry(() => (_, response) => {
        if (type !== undefined)
          response.setHeader("content-type", Buffer.from(type).toString("latin1"));
        response.end(bytes);
      });
      for (const reference of ["v1", digestOf(bytes)]) {
        await assert.rejects(client.repository("a").manifests.fetch(reference), (error: Error) => {
          assert.equal((error as { code?: unknown }).code, "PROTOCOL", String(error).slice(0, 500));
          assert.ok(error.message.length < 1000, `${error.message.length} characters`);
          assert.doesNotMatch(error.message, /[\p{Cc}\p{Bidi_Control}]/u);
          assert.doesNotMatch(inspect(error).replaceAll("\n", " "), /[\p{Cc}\p{Bidi_Control}]/u);
          return true;
        });
      }
    });
  }

  it("a type with parameters, and a repeated member, are read as by other clients", async () => {
    const bytes = Buffer.from(JSON.stringify(IMAGE).replace("{", '{"layers":[1],'));
    const { client } = await hostileRegistry(
      () => (_, response) =>
        void response
          .writeHead(200, { "content-type": `${OCI_MANIFEST}; charset=utf-8` })
          .end(bytes),
    );
    const fetched = (await client.repository("a").manifests.fetch("v1")) ?? assert.fail();
    assert.deepEqual(parseManifest(fetched.bytes, fetched.descriptor.mediaType).layers, []);
    assert.equal(fetched.descriptor.digest, digestOf(bytes));
  });

  it("a different kind at the second request changes nothing: what was checked is what is pulled", async () => {
    const index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [] };
    let looks = 0;
    const { client } = await hostileRegistry(() => (_, response) => {
      looks += 1;
      const [body, type] = looks === 1 ? [json(IMAGE), OCI_MANIFEST] : [json(index), OCI_INDEX];
      response.writeHead(200, { "content-type": type }).end(body);
    });
    const { manifests } = client.repository("a");
    assert.equal((await manifests.fetch("v1"))?.descriptor.mediaType, OCI_MANIFEST);
    await assert.rejects(manifests.fetch(digestOf(json(IMAGE))), { code: "DIGEST_MISMATCH" });
  });

  it("an index where an artifact was expected is not pulled", async () => {
    const entry = { ...EMPTY, mediaType: OCI_MANIFEST };
    const index = json({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [entry] });
    const { client } = await hostileRegistry(
      () => (_, response) => void response.writeHead(200, { "content-type": OCI_INDEX }).end(index),
    );
    const folder = new TemporaryFolder();
    await assert.rejects(pullArtifact(client.repository("a"), "v1", folder.path), {
      code: "INPUT_INVALID",
      property: "platform",
    });
    folder.remove();
  });
});
