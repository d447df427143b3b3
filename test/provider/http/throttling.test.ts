import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { type Answer, scriptedRegistry } from "./scriptedRegistry.js";

const ok: Answer = { status: 200, body: "{}" };
const busy = (retryAfter?: string): Answer => ({
  status: 429,
  headers: retryAfter === undefined ? {} : { "retry-after": retryAfter },
});

describe("429", () => {
  const waits: readonly [string | undefined, number][] = [
    [undefined, 1_000],
    ["3", 3_000],
    ["0", 1_000],
    ["-5", 1_000],
    ["abc", 1_000],
    ["200", 120_000],
    ["Thu, 01 Jan 2026 00:00:09 GMT", 9_000],
    ["Thu, 01 Jan 2015 00:00:09 GMT", 1_000],
  ];
  for (const [retryAfter, expected] of waits) {
    it(`Retry-After ${String(retryAfter)}: pauses ${expected} ms`, async () => {
      const registry = scriptedRegistry((_, n) => (n === 1 ? busy(retryAfter) : ok));
      assert.equal((await registry.ask({ repeatable: false })).status, 200);
      const [one, two] = registry.sent;
      assert.equal((two?.at ?? 0) - (one?.at ?? 0), expected);
    });
  }

  for (const asked of ["86400", "9999999"]) {
    it(`Retry-After ${asked} is an error that says so`, async () => {
      const registry = scriptedRegistry(() => busy(asked));
      await assert.rejects(registry.ask(), {
        code: "THROTTLED",
        message: new RegExp(`429.*asks to wait ${asked} seconds`),
      });
      assert.equal(registry.sent.length, 1);
    });
  }

  it("a storm: one request a second, and all are served in the end", async () => {
    const registry = scriptedRegistry((_, n) => (n <= 200 ? busy("1") : ok));
    const answers = await Promise.all(Array.from({ length: 40 }, () => registry.ask()));
    assert.ok(answers.every(({ status }) => status === 200));
    const seconds = new Map<number, number>();
    for (const { at } of registry.sent.slice(16, 200)) {
      seconds.set(Math.floor(at / 1000), (seconds.get(Math.floor(at / 1000)) ?? 0) + 1);
    }
    assert.equal(Math.max(...seconds.values()), 1);
    assert.equal(registry.sent.length, 240);
  });

  it("ends when the budget is used up, for those who only waited too", async () => {
    const registry = scriptedRegistry(() => busy("1"));
    const results = await Promise.allSettled(Array.from({ length: 30 }, () => registry.ask()));
    const codes = results.map((result) =>
      result.status === "rejected" ? (result.reason as { code: string }).code : "served",
    );
    assert.deepEqual([...new Set(codes)], ["THROTTLED"]);
    const last = registry.sent.at(-1)?.at ?? 0;
    assert.ok(last - (registry.sent[0]?.at ?? 0) <= 302_000);
    assert.ok(registry.sent.length < 350, String(registry.sent.length));
  });

  it("pauses every transport to the registry, and token requests too", async () => {
    const one = scriptedRegistry((_, n) => (n === 1 ? busy("5") : ok));
    const start = one.clock.now();
    const times: number[] = [];
    const two = scriptedRegistry(() => ok, {
      endpoint: { loginServer: one.loginServer, origin: `https://${one.loginServer}` },
      clock: one.clock,
      tokens: () => {
        times.push(one.clock.now() - start);
        return { status: 200, body: '{"access_token":"t"}' };
      },
    });
    const first = one.ask();
    while (one.sent.length === 0) await new Promise(setImmediate);
    await Promise.all([first, two.ask()]);
    assert.ok((times[0] ?? 0) >= 5_000, String(times));
  });
});

describe("requestsPerMinute", () => {
  it("spreads requests evenly", async () => {
    const registry = scriptedRegistry(() => ok, { requestsPerMinute: 60 });
    await Promise.all(Array.from({ length: 5 }, () => registry.ask()));
    const start = registry.tokens[0]?.at ?? 0;
    assert.deepEqual(
      registry.sent.map(({ at }) => at - start),
      [1000, 2000, 3000, 4000, 5000],
    );
  });
});
