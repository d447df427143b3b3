import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { type Answer, json, ociError, scriptedRegistry } from "./scriptedRegistry.js";

const html = (status: number): Answer => ({
  status,
  headers: { "content-type": "text/html" },
  body: "<h1>Sign in</h1>",
});
const plain404: Answer = {
  status: 404,
  headers: { "content-type": "text/plain; charset=utf-8" },
  body: "404 page not found\n",
};

const cases: readonly {
  name: string;
  answer: Answer;
  head?: boolean;
  code: string;
  message?: RegExp;
}[] = [
  ...["MANIFEST_UNKNOWN", "NAME_UNKNOWN", "TAG_UNKNOWN", "BLOB_UNKNOWN", "BLOB_UPLOAD_UNKNOWN"].map(
    (code) => ({ name: `404 ${code}`, answer: ociError(404, code), code: "NOT_FOUND" }),
  ),
  { name: "404 with another code", answer: ociError(404, "BLOB_UPLOAD_INVALID"), code: "REJECTED" },
  {
    name: "404 in plain text",
    answer: plain404,
    code: "REJECTED",
    message: /not the registry's own/,
  },
  { name: "404 of a web page", answer: html(404), code: "REJECTED", message: /sign-in page/ },
  { name: "404 to HEAD, JSON", answer: ociError(404, ""), head: true, code: "NOT_FOUND" },
  { name: "404 to HEAD, plain text", answer: plain404, head: true, code: "REJECTED" },
  { name: "404 to HEAD, no type", answer: { status: 404 }, head: true, code: "REJECTED" },
  {
    name: "405, a lock",
    answer: ociError(405, "REGISTRY_DISALLOWED_OPERATION"),
    code: "LOCKED",
    message: /lock/,
  },
  { name: "405 UNSUPPORTED", answer: ociError(405, "UNSUPPORTED"), code: "UNSUPPORTED" },
  { name: "405 without a code", answer: { status: 405 }, code: "REJECTED" },
  {
    name: "403 of the firewall",
    answer: ociError(403, "DENIED", "client with IP '1.2.3.4' is not allowed access"),
    code: "DENIED",
    message: /1\.2\.3\.4.*firewall/,
  },
  {
    name: "403",
    answer: ociError(403, "DENIED"),
    code: "DENIED",
    message: /AcrPull.*content\/read/,
  },
  { name: "413", answer: { status: 413 }, code: "REJECTED", message: /larger than/ },
  {
    name: "400 DIGEST_INVALID",
    answer: ociError(400, "DIGEST_INVALID"),
    code: "REJECTED",
    message: /400 DIGEST_INVALID: said so/,
  },
  {
    name: "400 of a web page",
    answer: html(400),
    code: "REJECTED",
    message: /does not come from a registry/,
  },
  { name: "418 with a body that is no object", answer: json(null, 418), code: "REJECTED" },
  {
    name: "418 with errors that are none",
    answer: json({ errors: [1, null, {}, { code: 5 }] }, 418),
    code: "REJECTED",
  },
];

describe("an unexpected answer", () => {
  for (const { name, answer, head, code, message } of cases) {
    it(`${name}: ${code}`, async () => {
      const registry = scriptedRegistry(() => answer, { retry: { maxRetries: 0 } });
      const asked = registry.ask(head === true ? { method: "HEAD" } : {});
      await assert.rejects(asked, (error: Error & { code: string; status: number }) => {
        assert.equal(error.code, code, error.message);
        assert.equal(error.status, answer.status);
        assert.match(error.message, /^resolve a:x: r\d+\.azurecr\.io answered /);
        if (message !== undefined) assert.match(error.message, message);
        return true;
      });
    });
  }

  it("is reported without control characters and query, and shortened", async () => {
    const hostile = ociError(400, "X\u001b[2J", `\u001b]0;x\u0007\u202e${"m".repeat(1_000_000)}`);
    const small = ociError(400, "X\u001b[2J", `\u001b]0;x\u0007\u202e${"m".repeat(10_000)}`);
    for (const answer of [hostile, small]) {
      const registry = scriptedRegistry(() => ({
        ...answer,
        headers: { ...answer.headers, "x-ms-correlation-request-id": "c0ffee" },
      }));
      const path = "/v2/a/blobs/uploads/1?_state=secret";
      await assert.rejects(
        registry.ask({ path }),
        (error: Error & { url: string; correlationId: string }) => {
          assert.ok(error.message.length < 1500, String(error.message.length));
          assert.doesNotMatch(error.message, /[\p{Cc}\p{Bidi_Control}]/u);
          assert.ok(error.url.endsWith("/v2/a/blobs/uploads/1"));
          assert.equal(error.correlationId, "c0ffee");
          assert.match(error.message, /correlation id c0ffee/);
          return true;
        },
      );
    }
  });

  it("says how to send smaller requests after 413 for an upload, but not for a manifest", async () => {
    const registry = scriptedRegistry(() => ({ status: 413 }));
    const upload = { method: "PATCH", path: "/v2/a/blobs/uploads/1?_state=x" } as const;
    await assert.rejects(registry.ask(upload), { message: /smaller `chunkSize`/ });
    await assert.rejects(registry.ask({ method: "PUT" }), { message: /accepts$/ });
  });
});
