import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { withRelativePaths } from "../../../provider/lifecycle/ociArtifact/relativePaths.js";

describe("paths of sources", () => {
  const rows: readonly (readonly [string, string])[] = [
    ["a/b", "a/b"],
    ["../b", "../b"],
    ["/project/a/b", "a/b"],
    ["/project", "."],
    ["/project/..a", "..a"],
    ["/other/a", "/other/a"],
    ["/projects/a", "/projects/a"],
  ];
  for (const [written, kept] of rows) {
    it(`${written} is kept as ${kept}`, () => {
      const given = {
        layers: [{ file: written }, { directory: written }],
        config: { file: written },
      };
      assert.deepEqual(withRelativePaths("/project", given), {
        layers: [{ file: kept }, { directory: kept }],
        config: { file: kept },
      });
    });
  }

  it("those of a kind of content are kept in the same way, and no other argument", () => {
    const args = { path: "/project/deploy", source: "/project/deploy", revision: "/project/r" };
    const kinds = (fluxSource: object) => ({ content: { fluxSource, unheard: "/project/x" } });
    const kept = { ...args, path: "deploy" };
    assert.deepEqual(withRelativePaths("/project", kinds(args)), kinds(kept));
    const unknown = { content: "04da6b54" };
    assert.deepEqual(withRelativePaths("/project", unknown), unknown);
  });

  it("nothing else is touched", () => {
    const layers = [{ content: "/project/a", title: "/project/a" }, "04da6b54"];
    assert.deepEqual(withRelativePaths("/project", { layers, tags: ["a"] }), { layers });
  });
});
