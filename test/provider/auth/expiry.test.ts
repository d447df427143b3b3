import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  accessTokenUse,
  expiryOf,
  lifetimeOf,
  refreshTokenUse,
} from "../../../provider/auth/expiry.js";

const jwt = (claims: unknown): string =>
  `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.c2ln`;

describe("expiryOf", () => {
  const cases: readonly [string, string, number | undefined][] = [
    ["a token with exp", jwt({ exp: 1000 }), 1_000_000],
    ["without exp", jwt({}), undefined],
    ["exp as text", jwt({ exp: "1000" }), undefined],
    ["null claims", jwt(null), undefined],
    ["not base64", "a.%%%.c", undefined],
    ["an opaque token", "opaque", undefined],
  ];
  for (const [name, token, expected] of cases) {
    it(name, () => assert.equal(expiryOf(token), expected));
  }
});

describe("lifetimeOf", () => {
  it("counts by the server's clock", () => {
    assert.equal(lifetimeOf(jwt({ exp: 4500 }), { serverTime: 0 }), 4_500_000);
  });
  it("is 0 for a token that arrives expired", () => {
    assert.equal(lifetimeOf(jwt({ exp: 1 }), { serverTime: 600_000 }), 0);
  });
  it("takes expires_in, else 60 seconds, for opaque tokens", () => {
    assert.equal(lifetimeOf("x", { serverTime: 0, expiresInSeconds: 300 }), 300_000);
    assert.equal(lifetimeOf("x", { serverTime: 0 }), 60_000);
  });
});

describe("when to renew", () => {
  it("60 s before the end, or at 80 % of a short life", () => {
    assert.equal(accessTokenUse(4_500_000), 4_440_000);
    assert.equal(accessTokenUse(60_000), 48_000);
    assert.equal(accessTokenUse(0), 0);
  });
  it("refresh tokens five minutes before the end", () => {
    assert.equal(refreshTokenUse(11_700_000), 11_400_000);
    assert.equal(refreshTokenUse(60_000), 30_000);
  });
});
