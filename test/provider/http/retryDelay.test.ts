import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { backoff, parseRetryAfter, retryDelay } from "../../../provider/http/retryDelay.js";

const NOW = Date.parse("Sun, 06 Nov 1994 08:49:37 GMT");

describe("parseRetryAfter", () => {
  const cases: readonly [string | undefined, number | undefined][] = [
    [undefined, undefined],
    ["", undefined],
    ["abc", undefined],
    ["-5", undefined],
    ["1.5", undefined],
    ["1e9", undefined],
    ["0", 0],
    ["7", 7_000],
    ["86400", 86_400_000],
    ["9999999", 9_999_999_000],
    ["99999999999999999999", undefined],
    ["Sun, 06 Nov 1994 08:49:47 GMT", 10_000],
    ["Sun, 06 Nov 1994 08:00:00 GMT", 0],
    ["Sun, garbage", undefined],
  ];
  for (const [value, expected] of cases) {
    it(value === undefined ? "absent" : JSON.stringify(value), () =>
      assert.equal(parseRetryAfter(value, NOW), expected),
    );
  }
});

describe("retryDelay", () => {
  const limits = { baseDelayMs: 1_000, maxDelayMs: 120_000 };
  const cases = [
    { name: "0 is not at once", failures: 0, retryAfterMs: 0, expected: 1_000 },
    { name: "what is asked", failures: 3, retryAfterMs: 5_000, expected: 5_000 },
    {
      name: "never longer than the longest",
      failures: 0,
      retryAfterMs: 9_999_999_000,
      expected: 120_000,
    },
    { name: "first back-off", failures: 0, retryAfterMs: undefined, expected: 1_000 },
    { name: "third", failures: 2, retryAfterMs: undefined, expected: 4_000 },
    { name: "hundredth", failures: 100, retryAfterMs: undefined, expected: 120_000 },
  ];
  for (const { name, failures, retryAfterMs, expected } of cases) {
    it(name, () =>
      assert.equal(
        retryDelay({ failures, retryAfterMs }, limits, () => 1),
        expected,
      ),
    );
  }
  it("is reduced by jitter by at most half", () => {
    assert.equal(
      backoff(1, limits, () => 0),
      1_000,
    );
    assert.equal(
      backoff(1, limits, () => 1),
      2_000,
    );
  });
});
