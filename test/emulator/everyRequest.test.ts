import assert from "node:assert/strict";
import fc from "fast-check";
import { after, before, describe, it } from "mocha";

import { type Emulator, startEmulator } from "../../emulator/index.js";
import { image, ociManifest, pushImage, sha256 } from "./content.js";
import { asAdmin, exchange } from "./exchange.js";

describe("the emulator, for every", () => {
  let emulator: Emulator;
  before(async () => {
    emulator = await startEmulator();
  });
  after(() => emulator.close());

  it("way to cut a blob into chunks: it is whole again", () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 50_000 }), { maxLength: 6 }),
        fc.boolean(),
        async (chunks, lastWithPut) => {
          const whole = Buffer.concat(chunks);
          const last = lastWithPut ? chunks.pop() : undefined;
          const start = await asAdmin(emulator, "/v2/a/blobs/uploads/", { method: "POST" });
          let location = start.headers.location ?? "";
          let held = 0;
          for (const body of chunks) {
            const answer = await asAdmin(emulator, location, { method: "PATCH", body });
            held += body.length;
            assert.equal(answer.headers.range, `0-${String(Math.max(held - 1, 0))}`);
            location = answer.headers.location ?? "";
          }
          const end = await asAdmin(emulator, `${location}&digest=${sha256(whole)}`, {
            method: "PUT",
            body: last ?? "",
          });
          assert.equal(end.status, 201);
          const redirect = await asAdmin(emulator, `/v2/a/blobs/${sha256(whole)}`);
          const { body } = await exchange(redirect.headers.location ?? "");
          assert.ok(body.equals(whole));
        },
      ),
      { numRuns: 30 },
    ));

  it("page size and order: each tag is listed once", async () => {
    await pushImage(emulator, "tags", "t0");
    for (let tag = 1; tag < 23; tag += 1) {
      const headers = { "content-type": ociManifest };
      const path = `/v2/tags/manifests/t${String(tag)}`;
      await asAdmin(emulator, path, { method: "PUT", headers, body: image.text });
    }
    const lists = ["/acr/v1/tags/_tags", "/v2/tags/tags/list"];
    const orders = ["", "none", "timeasc", "timedesc"];
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 30 }),
        fc.constantFrom(...orders),
        fc.constantFrom(...lists),
        async (n, orderby, list) => {
          const seen: string[] = [];
          let next: string | undefined = `${list}?n=${String(n)}&orderby=${orderby}`;
          while (next !== undefined) {
            const { headers, body } = await asAdmin(emulator, next);
            const { tags } = JSON.parse(body.toString()) as {
              tags: (string | { name: string })[];
            };
            assert.ok(tags.length <= n);
            seen.push(...tags.map((tag) => (typeof tag === "string" ? tag : tag.name)));
            next = /^<(.*)>; rel="next"$/.exec(headers.link?.toString() ?? "")?.[1];
          }
          assert.equal(seen.length, 23);
          assert.equal(new Set(seen).size, 23);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("path: an answer that is no crash, and nobody gets in without a token", () =>
    fc.assert(
      fc.asyncProperty(
        fc.constantFrom("GET", "HEAD", "PUT", "PATCH", "POST", "DELETE"),
        fc.constantFrom("/v2/", "/acr/v1/", "/v2/a/manifests/", "/v2/a/blobs/", "/oauth2/", "/"),
        fc.webPath(),
        fc.webQueryParameters(),
        async (method, prefix, path, query) => {
          const { status } = await exchange(`${emulator.url}${prefix}${path}?${query}`, { method });
          assert.ok(status >= 400 && status < 500, `${method} ${prefix}${path}: ${String(status)}`);
        },
      ),
      { numRuns: 150 },
    ));

  it("word in a request: an answer that is no failure of ours", async () => {
    const word = fc.oneof(
      fc.string({ unit: "binary", maxLength: 40 }),
      fc.constantFrom(image.digest, "latest", "b/c", "timedesc", "0-3", "bytes=0-1", "-1"),
      fc.constantFrom("a\r\nb", "€", '"', "%", "\0"),
      fc.json({ maxDepth: 1 }),
    );
    // Each of them in half of the requests.
    const given = fc.tuple(
      ...parameters.map((name) => fc.option(fc.tuple(fc.constant(name), word), { freq: 2 })),
    );
    const query = given.map((pairs) => pairs.filter((pair) => pair !== null));
    const headers = fc.dictionary(
      fc.constantFrom("accept", "content-type", "content-range", "range", "x-ms-client-request-id"),
      word.map((text) => text.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, "").trim()),
    );
    await pushImage(emulator, "a", "latest");
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...operations),
        fc.boolean(),
        word,
        query,
        headers,
        word,
        async ([method = "", place = ""], signedIn, part, pairs, sent, body) => {
          const path = place.replace("*", encodeURIComponent(part));
          const address = `${path}?${new URLSearchParams(pairs).toString()}`;
          const request = {
            method,
            headers: sent,
            ...(method === "GET" || method === "HEAD" ? {} : { body }),
          };
          const { status } = signedIn
            ? await asAdmin(emulator, address, request)
            : await exchange(emulator.url + address, request);
          assert.ok(status < 500, `${method} ${address}: ${String(status)}`);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

const parameters = [
  ...["n", "last", "orderby", "digest", "from", "mount", "artifactType", "scope", "service"],
  ...["grant_type", "_state"],
];

/** Every operation, with a place for a word. */
const operations = [
  ...["/v2/", "/v2/_catalog", "/v2/*/tags/list", "/v2/a/tags/list", "/v2/a/manifests/*"],
  ...["/v2/a/blobs/*", "/v2/a/blobs/uploads/*", "/v2/a/referrers/*", "/acr/v1/_catalog"],
  ...["/acr/v1/*", "/acr/v1/a/_tags", "/acr/v1/a/_manifests", "/oauth2/token"],
]
  .map((path) => ["GET", path])
  .concat(
    [
      ...["HEAD /v2/a/blobs/*", "HEAD /v2/a/manifests/*", "POST /v2/*/blobs/uploads/"],
      ...["POST /v2/a/blobs/uploads/", "PATCH /v2/a/blobs/uploads/*", "PUT /v2/a/blobs/uploads/*"],
      ...["DELETE /v2/a/blobs/uploads/*", "PUT /v2/a/manifests/*", "DELETE /v2/a/manifests/*"],
      ...["DELETE /v2/a/blobs/*", "PATCH /acr/v1/a", "PATCH /acr/v1/a/_tags/latest"],
      ...["PATCH /acr/v1/a/_manifests/*", "DELETE /acr/v1/b", "DELETE /acr/v1/a/_tags/*"],
      ...["POST /oauth2/token", "POST /oauth2/exchange"],
    ].map((operation) => operation.split(" ")),
  );
