import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  CATALOG_SCOPE,
  coversScopes,
  formatScopes,
  repositoryScope,
} from "../../../provider/auth/scope.js";

describe("formatScopes", () => {
  it("merges, orders and drops duplicates", () => {
    const scopes = [
      repositoryScope("b", "push", "pull"),
      CATALOG_SCOPE,
      repositoryScope("a/x", "metadata_write", "delete"),
      repositoryScope("b", "pull"),
    ];
    assert.deepEqual(formatScopes(scopes), [
      "registry:catalog:*",
      "repository:a/x:delete,metadata_write",
      "repository:b:pull,push",
    ]);
    assert.deepEqual(formatScopes([]), []);
  });
});

describe("coversScopes", () => {
  const pull = repositoryScope("a", "pull");
  const both = repositoryScope("a", "push", "pull");
  const cases = [
    { name: "itself", granted: [pull], needed: [pull], expected: true },
    { name: "more than needed", granted: [both], needed: [pull], expected: true },
    { name: "less than needed", granted: [pull], needed: [both], expected: false },
    {
      name: "another repository",
      granted: [both],
      needed: [repositoryScope("b", "pull")],
      expected: false,
    },
    {
      name: "both parts of a mount",
      granted: [both, repositoryScope("b", "pull")],
      needed: [both, repositoryScope("b", "pull")],
      expected: true,
    },
    { name: "the catalog", granted: [both], needed: [CATALOG_SCOPE], expected: false },
    { name: "nothing needed", granted: [pull], needed: [], expected: true },
  ];
  for (const { name, granted, needed, expected } of cases) {
    it(name, () => assert.equal(coversScopes(granted, needed), expected));
  }
});
