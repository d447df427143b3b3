import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { Throttling } from "../../../emulator/routes/throttling.js";
import { PUBLISHED_RATES, type RequestRates } from "../../../provider/http/requestRates.js";
import { InputError } from "../../../provider/errors.js";
import { type Answer, type Script, scriptedRegistry, type Sent } from "./scriptedRegistry.js";

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

  for (const [retry, retryAfter] of [
    [{ baseDelayMs: 0 }, undefined],
    [{ maxDelayMs: 0 }, "3"],
  ] as const) {
    it(`with ${JSON.stringify(retry)}: still pauses`, async () => {
      const registry = scriptedRegistry((_, n) => (n <= 3 ? busy(retryAfter) : ok), { retry });
      await registry.ask();
      const start = registry.sent[0]?.at ?? 0;
      assert.deepEqual(
        registry.sent.map(({ at }) => at - start),
        [0, 100, 200, 300],
      );
    });
  }

  const clocks = [
    ["ten minutes slow", "Thu, 01 Jan 2026 00:10:00 GMT", "Thu, 01 Jan 2026 00:10:02 GMT"],
    ["ten minutes fast", "Wed, 31 Dec 2025 23:50:00 GMT", "Wed, 31 Dec 2025 23:50:02 GMT"],
  ] as const;
  for (const [name, date, retryAfter] of clocks) {
    for (const status of [429, 503]) {
      it(`${status} for two seconds, our clock is ${name}: pauses two seconds`, async () => {
        const refusal = { status, headers: { date, "retry-after": retryAfter } };
        const registry = scriptedRegistry((_, n) => (n === 1 ? refusal : ok));
        assert.equal((await registry.ask()).status, 200);
        const [one, two] = registry.sent;
        assert.equal((two?.at ?? 0) - (one?.at ?? 0), 2_000);
      });
    }
  }

  for (const asked of ["86400", "9999999"]) {
    it(`fails with an explanation for Retry-After ${asked}`, async () => {
      const registry = scriptedRegistry(() => busy(asked));
      await assert.rejects(registry.ask(), {
        code: "THROTTLED",
        message: new RegExp(`429.*asks to wait ${asked} seconds`),
      });
      assert.equal(registry.sent.length, 1);
    });
  }

  it("in a storm, sends one request a second until all have succeeded", async () => {
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

  it("fails when the budget is used up, also for requests that only waited", async () => {
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

describe("a blob storage that throttles", () => {
  const STORAGE = "https://s.blob.core.windows.net/b";
  const download = { path: "/v2/a/blobs/x", followRedirect: true };
  /** The registry leads to the storage, which answers as `stored` says. */
  const leading = (
    stored: Script,
    plain: Script = () => ok,
    options: Parameters<typeof scriptedRegistry>[1] = {},
  ) => {
    let asked = 0;
    return scriptedRegistry((sent, n) => {
      if (sent.url === STORAGE) return stored(sent, (asked += 1));
      if (sent.path !== download.path) return plain(sent, n);
      return { status: 307, headers: { location: STORAGE } };
    }, options);
  };
  const times = (sent: readonly Sent[], wanted: (one: Sent) => boolean): number[] =>
    sent.filter(wanted).map(({ at }) => at - (sent[0]?.at ?? 0));
  const toStorage = ({ url }: Sent): boolean => url === STORAGE;

  for (const status of [429, 503]) {
    it(`${status}: is retried after its Retry-After, without pausing the registry`, async () => {
      let other: Promise<unknown> | undefined;
      const log = (line: string): void => {
        if (line.startsWith(`<- ${status} `)) other = registry.ask();
      };
      const busyOnce: Script = (_, n) => (n === 1 ? { ...busy("50"), status } : ok);
      const registry = leading(busyOnce, undefined, { log });
      assert.equal((await registry.ask(download)).status, 200);
      await other;
      assert.deepEqual(times(registry.sent, toStorage), [0, 50_000]);
      assert.deepEqual(
        times(registry.sent, ({ path }) => path.endsWith("/manifests/x")),
        [0],
      );
    });

    it(`${status} with too long a Retry-After: fails and names the storage`, async () => {
      const registry = leading(() => ({ ...busy("86400"), status }));
      await assert.rejects(registry.ask(download), {
        status,
        message: /s\.blob\.core\.windows\.net answered \d+\. It asks to wait 86400 seconds/,
      });
      assert.equal(registry.sent.length, 2);
    });
  }

  it("is not held back by the registry's pause, and does not end it", async () => {
    const registry = leading(
      () => ok,
      (_, n) => (n <= 2 ? busy("50") : ok),
    );
    const plain = registry.ask();
    await registry.ask(download);
    await plain;
    assert.deepEqual(times(registry.sent, toStorage), [0]);
    assert.deepEqual(
      times(registry.sent, ({ path }) => path.endsWith("/manifests/x")),
      [0, 50_000],
    );
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

describe("requestRates", () => {
  /** Most requests of a kind in any sixty seconds. */
  const busiest = (sent: readonly Sent[], kind: (one: Sent) => boolean): number => {
    const times = sent.filter(kind).map(({ at }) => at);
    const within = times.map((at) => times.filter((one) => one >= at && one < at + 60_000).length);
    return Math.max(...within);
  };

  it("limits each kind of request per minute, independently of the others", async () => {
    const rates = { reads: 5, deletes: 2, writes: 3 };
    const registry = scriptedRegistry(() => ok, { requestRates: rates });
    const methods = ["GET", "DELETE", "PUT"] as const;
    await Promise.all(
      Array.from({ length: 36 }, (_, n) => registry.ask({ method: methods[n % 3] ?? "GET" })),
    );
    const most = methods.map((method) => busiest(registry.sent, (one) => one.method === method));
    assert.deepEqual(most, [5, 2, 3]);
    const last = registry.sent.findLast(({ method }) => method === "GET")?.at ?? 0;
    const first = registry.sent[0]?.at ?? 0;
    assert.ok(last - first < 5 * 61_000, `the last read after ${last - first} ms`);
  });

  it("counts listing referrers as a read, too", async () => {
    const requestRates = { reads: 10, referrerLists: 2 };
    const registry = scriptedRegistry(() => ok, { requestRates });
    const list = { path: `/v2/a/referrers/sha256:${"0".repeat(64)}?n=5` };
    await Promise.all(Array.from({ length: 30 }, (_, n) => registry.ask(n % 3 === 0 ? list : {})));
    assert.equal(
      busiest(registry.sent, ({ path }) => path.includes("/referrers/")),
      2,
    );
    assert.ok(busiest(registry.sent, () => true) <= 10);
  });

  // The emulator counts as the service documents, independently of the client's counting.
  const basic: Script = ({ method, path, at }) => {
    const waitSeconds = throttling(at).ofIdentity("me", method, path);
    return waitSeconds === undefined ? ok : busy(String(waitSeconds));
  };
  let counting: { now: number; readonly of: Throttling };
  const throttling = (now: number): Throttling => {
    counting.now = now;
    return counting.of;
  };
  for (const [tier, refused] of [
    ["basic", false],
    [undefined, true],
  ] as const) {
    it(`${tier ?? "not given"}: a Basic registry ${refused ? "refuses" : "refuses nothing"}`, async () => {
      const limits = { read: 10_000, write: 2_000, delete: 1_000, listReferrers: 500 };
      counting = { now: 0, of: new Throttling(limits, () => counting.now) };
      const answers: number[] = [];
      const noted: Script = (sent, n) => {
        const answer = basic(sent, n);
        if (typeof answer !== "string") answers.push(answer.status);
        return answer;
      };
      const registry = scriptedRegistry(noted, tier === undefined ? {} : { requestRates: tier });
      await Promise.all([
        ...Array.from({ length: 1_300 }, () => registry.ask({ method: "DELETE" })),
        ...Array.from({ length: 600 }, () => registry.ask({ path: "/v2/a/referrers/x" })),
        ...Array.from({ length: 1_100 }, () => registry.ask({ method: "PUT" })),
      ]);
      assert.equal(answers.includes(429), refused);
    }).timeout(60_000);
  }

  it("refuses an invalid rate", () => {
    const refused: readonly [RequestRates | "basic", string][] = [
      [{ reads: 0 }, "requestRates.reads"],
      [{ deletes: 1.5 }, "requestRates.deletes"],
      ["gold" as "basic", "requestRates"],
    ];
    for (const [requestRates, property] of refused) {
      assert.throws(
        () => scriptedRegistry(() => ok, { requestRates }),
        (error) => error instanceof InputError && error.property === property,
      );
    }
    assert.equal(PUBLISHED_RATES.standard.deletes, 500);
  });
});
