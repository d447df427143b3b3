import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { sameRegistry, sameSettings } from "../../../provider/lifecycle/registryIdentity.js";

describe("the identity of a registry", () => {
  const registries: readonly (readonly [string | undefined, string | undefined, boolean])[] = [
    ["a.azurecr.io", "a.azurecr.io", true],
    ["a.azurecr.io", "https://a.azurecr.io", true],
    ["a.azurecr.io", "A.AZURECR.IO", true],
    ["a.azurecr.io", "a.azurecr.io:443", true],
    ["http://127.0.0.1:5000", "127.0.0.1:5000", true],
    ["a.azurecr.io", "b.azurecr.io", false],
    ["a.azurecr.io", "a.azurecr.cn", false],
    ["127.0.0.1:5000", "127.0.0.1:5001", false],
    ["a.azurecr.io", "04da6b54-80e4-46f7-96ec-b56ff0331ba9", false],
    ["a.azurecr.io", undefined, false],
  ];
  for (const [old, now, same] of registries) {
    it(`${old} and ${now}: ${same ? "the same" : "another one"}`, () => {
      assert.equal(sameRegistry({ loginServer: old }, { loginServer: now }), same);
    });
  }

  it("is the login server alone", () => {
    const old = { loginServer: "a.azurecr.io", credential: "token", waitForAccess: 1 };
    assert.ok(sameRegistry(old, { loginServer: "a.azurecr.io", audience: "elsewhere" }));
  });

  const settings: readonly (readonly [object | undefined, object | undefined, boolean])[] = [
    [undefined, undefined, true],
    [{ loginServer: "a.azurecr.io" }, { loginServer: "https://a.azurecr.io" }, true],
    [{ credential: "token" }, { credential: "anonymous" }, false],
    [{ passwordVariable: "A" }, { passwordVariable: "B" }, false],
    [{ username: "a", password: "1" }, { password: "1", username: "a" }, true],
    [{ username: "a", password: "1" }, { username: "a", password: "2" }, false],
    [{ username: "a" }, { username: "b" }, false],
    [undefined, { password: "1" }, false],
  ];
  for (const [old, now, same] of settings) {
    it(`settings ${JSON.stringify(old)} and ${JSON.stringify(now)}: ${same ? "the same" : "new"}`, () => {
      assert.equal(sameSettings(old, now), same);
    });
  }
});
