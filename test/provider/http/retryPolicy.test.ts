import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { type Answer, ociError, scriptedRegistry } from "./scriptedRegistry.js";

const ok: Answer = { status: 200, body: "{}" };
const first = (...answers: (Answer | string)[]) => {
  return (_: unknown, n: number): Answer | string => answers[n - 1] ?? ok;
};

describe("retries", () => {
  const transient = [
    ...[408, 500, 502, 503, 504].map((status): Answer => ({ status })),
    ...[
      "ECONNRESET",
      "EPIPE",
      "ETIMEDOUT",
      "ECONNABORTED",
      "REQUEST_SEND_ERROR",
      "HPE_INVALID_CONSTANT",
    ],
    ...["ECONNREFUSED", "EAI_AGAIN", "ENOTFOUND", "ENETUNREACH", "EHOSTUNREACH", "EMFILE"],
  ];
  for (const failure of transient) {
    it(`retries ${JSON.stringify(failure)}`, async () => {
      const registry = scriptedRegistry(first(failure));
      assert.equal((await registry.ask()).status, 200);
      assert.equal(registry.sent.length, 2);
      assert.deepEqual(
        registry.sent.map(({ at }) => at - (registry.sent[0]?.at ?? 0)),
        [0, 1000],
      );
    });
  }

  const untouched: readonly [Answer | string, number][] = [
    [{ status: 503 }, 2],
    [{ status: 429 }, 2],
    ["ECONNREFUSED", 2],
    ["EAI_AGAIN", 2],
    ["ECONNRESET", 1],
    ["EPIPE", 1],
    [{ status: 500 }, 1],
    [{ status: 502 }, 1],
    [{ status: 408 }, 1],
  ];
  for (const [failure, times] of untouched) {
    it(`sends a request that is not repeatable ${times} times after ${JSON.stringify(failure)}`, async () => {
      const registry = scriptedRegistry(first(failure));
      const answer = registry.ask({ repeatable: false, method: "PATCH" });
      if (times === 2) assert.equal((await answer).status, 200);
      else await assert.rejects(answer, { code: "UNAVAILABLE" });
      assert.equal(registry.sent.length, times);
    });
  }

  for (const retry of [
    { maxRetries: Infinity, baseDelayMs: 0 },
    { maxRetries: Infinity, maxDelayMs: 0 },
    { maxRetries: 1_000_000, baseDelayMs: 0 },
  ]) {
    it(`with ${JSON.stringify(retry)}: is no loop without a pause, and ends`, async () => {
      const limits = { ...retry, budgetMs: 1_000 };
      const registry = scriptedRegistry((_, n) => (n <= 100 ? { status: 500 } : { status: 404 }), {
        retry: limits,
      });
      await assert.rejects(registry.ask(), { status: 500 });
      const start = registry.sent[0]?.at ?? 0;
      assert.deepEqual(
        registry.sent.map(({ at }) => at - start),
        [0, 0, 0, 0, 0, 0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1_000],
      );
    });
  }

  it("Infinity is no limit", async () => {
    const unlimited = {
      retry: { maxRetries: Infinity, budgetMs: Infinity },
      requestsPerMinute: Infinity,
      waitForAccess: Infinity,
    };
    const failures = [
      ...Array.from({ length: 10 }, () => "ECONNRESET"),
      ...Array.from({ length: 400 }, () => ({ status: 429, headers: { "retry-after": "1" } })),
      ...Array.from({ length: 100 }, () => ociError(403, "DENIED")),
    ];
    const registry = scriptedRegistry((_, n) => failures[n - 1] ?? { status: 200 }, unlimited);
    assert.equal((await registry.ask()).status, 200);
    assert.equal(registry.sent.length, 511);
  });

  const final: readonly [Answer | string, string][] = [
    ["CERT_HAS_EXPIRED", "TLS_FAILED"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "TLS_FAILED"],
    ["SELF_SIGNED_CERT_IN_CHAIN", "TLS_FAILED"],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "TLS_FAILED"],
    ["EPROTO", "TLS_FAILED"],
    ["HPE_HEADER_OVERFLOW", "PROTOCOL"],
    ["ESOMETHING", "UNAVAILABLE"],
    [ociError(400, "NAME_INVALID"), "REJECTED"],
    [ociError(403, "DENIED"), "DENIED"],
    [ociError(404, "MANIFEST_UNKNOWN"), "NOT_FOUND"],
    [ociError(405, "UNSUPPORTED"), "UNSUPPORTED"],
    [ociError(409, "X"), "REJECTED"],
    [{ status: 413 }, "REJECTED"],
    [{ status: 307, headers: { location: "https://evil.example/" } }, "REJECTED"],
    [{ status: 501 }, "UNAVAILABLE"],
  ];
  for (const [failure, code] of final) {
    it(`fails at once with ${code} after ${JSON.stringify(failure)}`, async () => {
      const registry = scriptedRegistry(() => failure);
      await assert.rejects(registry.ask(), { code });
      assert.equal(registry.sent.length, 1);
    });
  }

  it("gives up after the limit, with the number of attempts in the message", async () => {
    const registry = scriptedRegistry(() => "ECONNRESET");
    await assert.rejects(registry.ask(), {
      code: "UNAVAILABLE",
      message: /resolve a:x: r\d+\.azurecr\.io cut the connection \(ECONNRESET\), after 6 attempts/,
    });
    assert.deepEqual(
      registry.sent.map(({ at }, n, all) => at - (all[n - 1]?.at ?? at)),
      [0, 1000, 2000, 4000, 8000, 16000],
    );
  });

  it("reports an unknown host name after a few seconds", async () => {
    const registry = scriptedRegistry(() => "ENOTFOUND");
    await assert.rejects(registry.ask(), {
      code: "UNAVAILABLE",
      message: /does not resolve.*waitForAccess/,
    });
    assert.equal(registry.sent.length, 3);
  });

  it("fails with an explanation if Retry-After exceeds the budget", async () => {
    const registry = scriptedRegistry(() => ({ status: 503, headers: { "retry-after": "86400" } }));
    await assert.rejects(registry.ask(), {
      code: "UNAVAILABLE",
      message: /asks to wait 86400 seconds/,
    });
    assert.equal(registry.sent.length, 1);
  });

  it("ends the wait at an abort", async () => {
    const controller = new AbortController();
    const registry = scriptedRegistry(() => {
      controller.abort();
      return { status: 503 };
    });
    await assert.rejects(registry.ask({ signal: controller.signal }), { code: "ABORTED" });
    assert.equal(registry.sent.length, 1);
  });

  it("ends everything when the transport is closed", async () => {
    const registry = scriptedRegistry(() => ({ status: 503 }));
    const answer = registry.ask();
    registry.transport.close();
    await assert.rejects(answer, { code: "ABORTED" });
    await assert.rejects(registry.ask(), { code: "ABORTED" });
  });
});

describe("waitForAccess", () => {
  it("waits on 403 and 401 of the API, with new tokens", async () => {
    const registry = scriptedRegistry(
      first(ociError(403, "DENIED"), ociError(401, "UNAUTHORIZED"), ociError(401, "UNAUTHORIZED")),
      { waitForAccess: 600 },
    );
    assert.equal((await registry.ask()).status, 200);
    // 403, new token; 401, renewed within the request; 401 again, new token.
    assert.equal(registry.tokens.length, 4);
  });

  it("waits on a name that does not resolve, and on a refused token request", async () => {
    const registry = scriptedRegistry(() => ok, {
      waitForAccess: 600,
      tokens: (_, n) =>
        n === 1
          ? "ENOTFOUND"
          : n <= 3
            ? { status: n === 2 ? 401 : 403 }
            : { status: 200, body: '{"access_token":"t"}' },
    });
    assert.equal((await registry.ask()).status, 200);
    assert.equal(registry.tokens.length, 4);
  });

  it("stops waiting after the configured time", async () => {
    const registry = scriptedRegistry(() => ociError(403, "DENIED"), { waitForAccess: 60 });
    await assert.rejects(registry.ask(), { code: "DENIED" });
    const [from, to] = [registry.sent[0], registry.sent.at(-1)];
    const waited = (to?.at ?? 0) - (from?.at ?? 0);
    assert.ok(waited >= 60_000 && waited < 90_000, String(waited));
  });

  it("reports a refusal at once to a request that does not wait, and still waits for the others", async () => {
    const refusals = [403, 401, 401, 403];
    const registry = scriptedRegistry(first(...refusals.map((status) => ociError(status, "X"))), {
      waitForAccess: 60,
    });
    const start = registry.clock.now();
    await assert.rejects(registry.ask({ waitForAccess: false }), { code: "DENIED" });
    await assert.rejects(registry.ask({ waitForAccess: false }), { code: "UNAUTHORIZED" });
    assert.equal(registry.clock.now(), start);
    registry.clock.advance(100_000);
    assert.equal((await registry.ask()).status, 200);
  });

  it("reports the refusal of a token at once, too, to a request that does not wait", async () => {
    const tokens = () => ({ status: 401 });
    const registry = scriptedRegistry(() => ok, { waitForAccess: 60, tokens });
    await assert.rejects(registry.ask({ waitForAccess: false }), { code: "UNAUTHORIZED" });
    assert.equal(registry.tokens.length, 1);
  });

  it("does not wait for any other failure", async () => {
    for (const failure of [ociError(404, "NAME_UNKNOWN"), "CERT_HAS_EXPIRED", ociError(405, "X")]) {
      const registry = scriptedRegistry(() => failure, { waitForAccess: 600 });
      await assert.rejects(registry.ask());
      assert.equal(registry.sent.length, 1);
    }
  });
});
