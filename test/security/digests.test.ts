import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { digestOf, type packArtifact, pushArtifact } from "pulumi-acr/client";
import {
  EMPTY_DESCRIPTOR,
  encodeManifest,
  memoryBlob,
  OCI_MANIFEST,
  type RegistryClient,
} from "pulumi-acr/client";
import { hostileRegistry } from "../support/hostileRegistry.js";

type Packed = Pick<Awaited<ReturnType<typeof packArtifact>>, "blobs" | "manifest">;

const OTHER = digestOf("other");
const CONTENT = "x".repeat(5000);
const LAYER = memoryBlob(Buffer.from(CONTENT), { mediaType: "application/vnd.example" });
const MANIFEST = encodeManifest({
  schemaVersion: 2,
  mediaType: OCI_MANIFEST,
  config: EMPTY_DESCRIPTOR,
  layers: [LAYER.descriptor],
});
const ARTIFACT: Packed = { blobs: [LAYER], manifest: MANIFEST };

/** Invalid digests from any source must not get into a URL or a path. */
const malformed = [
  "sha256:../../x",
  `sha256:${"A".repeat(64)}`,
  `sha256:${"a".repeat(63)}`,
  `sha256:${"a".repeat(65)}`,
  "sha256:",
  `md5:${"a".repeat(32)}`,
  `sha3-256:${"a".repeat(64)}`,
  `sha512:${"a".repeat(64)}`,
  "x".repeat(5000),
];

describe("§1.4: a registry with other digests", function () {
  this.timeout(20_000);

  for (const digest of [OTHER, ...malformed]) {
    const shown = digest === OTHER ? "another digest" : JSON.stringify(digest.slice(0, 20));
    const code = digest === OTHER ? "DIGEST_MISMATCH" : "PROTOCOL";

    it(`${shown} for a blob: no manifest is written`, async () => {
      const { client, registry } = await hostileRegistry(() => (request, response) => {
        request.resume();
        request.on("end", () =>
          response.writeHead(201, { "docker-content-digest": digest, location: "/v2/a/x" }).end(),
        );
      });
      await assert.rejects(pushArtifact(client.repository("a"), ARTIFACT), { code });
      assert.ok(registry.seen.every(({ url }) => !url.includes("/manifests/")));
    });

    it(`${shown} for a manifest: reported as an error`, async () => {
      const { client } = await hostileRegistry(() => (request, response) => {
        request.resume();
        request.on("end", () => {
          const stated = request.url?.includes("/manifests/") === true ? digest : undefined;
          response.writeHead(201, stated === undefined ? {} : { "docker-content-digest": stated });
          response.end();
        });
      });
      await assert.rejects(pushArtifact(client.repository("a"), ARTIFACT), { code });
      const { manifests } = client.repository("a");
      await assert.rejects(manifests.push(MANIFEST, { tag: "v1" }), { code });
    });

    for (const method of ["resolve", "fetch"] as const) {
      for (const reference of ["v1", MANIFEST.descriptor.digest]) {
        it(`${shown} in the header of a manifest: ${method} ${reference.slice(0, 6)}`, async () => {
          const { client } = await hostileRegistry(() => (_, response) => {
            const headers = { "content-type": OCI_MANIFEST, "docker-content-digest": digest };
            response.writeHead(200, { ...headers, "content-length": MANIFEST.bytes.length });
            response.end(MANIFEST.bytes);
          });
          // HEAD by tag has no content to compare the digest with; a later fetch has.
          const believed = method === "resolve" && reference === "v1" && digest === OTHER;
          const asked = client.repository("a").manifests[method](reference);
          if (believed) assert.equal(((await asked) as { digest: string }).digest, OTHER);
          else await assert.rejects(asked, { code });
        });
      }
    }
  }

  const reads: Readonly<Record<string, (client: RegistryClient) => Promise<unknown>>> = {
    "a manifest by digest": (client) =>
      client.repository("a").manifests.fetch(MANIFEST.descriptor.digest),
    "a manifest by tag": (client) => client.repository("a").manifests.fetch("v1"),
    "a blob": async (client) =>
      (await client.repository("a").blobs.fetch(LAYER.descriptor)).toArray(),
    "a blob of unknown size": async (client) =>
      (await client.repository("a").blobs.fetch(LAYER.descriptor.digest)).toArray(),
  };
  const bodies: Readonly<Record<string, (right: Uint8Array) => Uint8Array>> = {
    "one bit is another": (right) => {
      const wrong = Buffer.from(right);
      wrong[100] = (wrong[100] ?? 0) ^ 1;
      return wrong;
    },
    "the last byte is missing": (right) => right.subarray(0, -1),
    "one byte follows": (right) => Buffer.concat([right, Buffer.from(" ")]),
  };
  for (const [what, read] of Object.entries(reads)) {
    const right = what.startsWith("a manifest") ? MANIFEST.bytes : Buffer.from(CONTENT);
    for (const [how, change] of Object.entries(bodies)) {
      for (const chunked of [false, true]) {
        if (chunked && what.endsWith("size")) continue;
        it(`${what}, the right header, and ${how}${chunked ? " (no length)" : ""}`, async () => {
          const { client } = await hostileRegistry(() => (_, response) => {
            const body = change(right);
            response.setHeader("docker-content-digest", digestOf(right));
            response.setHeader("content-type", OCI_MANIFEST);
            if (!chunked) response.setHeader("content-length", body.length);
            response.write(body);
            response.end();
          });
          await assert.rejects(read(client), (error: { code?: unknown }) =>
            ["DIGEST_MISMATCH", "SIZE_MISMATCH"].includes(String(error.code)),
          );
        });
      }
    }
    if (what.endsWith("size")) continue;
    it(`${what}, the right bytes, no header: taken`, async () => {
      const { client } = await hostileRegistry(
        () => (_, response) =>
          void response.writeHead(200, { "content-type": OCI_MANIFEST }).end(right),
      );
      assert.ok(await read(client));
    });
  }
});
