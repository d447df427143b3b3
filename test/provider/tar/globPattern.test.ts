import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { parseGlob } from "../../../provider/tar/globPattern.js";
import { GlobSyntaxError } from "../../../provider/tar/globTokens.js";

// A path that ends in "/" stands for a folder.
const CASES: readonly {
  readonly pattern: string;
  readonly yes: readonly string[];
  readonly no: readonly string[];
}[] = [
  { pattern: "*.map", yes: ["a.map", "x/y/a.map", ".map"], no: ["a.mapx", "a.map/b"] },
  { pattern: "node_modules", yes: ["node_modules/", "a/node_modules/"], no: ["my_node_modules/"] },
  { pattern: "/dist", yes: ["dist", "dist/"], no: ["a/dist"] },
  { pattern: "./dist", yes: ["dist"], no: ["a/dist"] },
  { pattern: "build/", yes: ["build/", "a/build/"], no: ["build"] },
  { pattern: "docs/*.md", yes: ["docs/a.md"], no: ["docs/x/a.md", "x/docs/a.md", "docs/amd"] },
  { pattern: "docs/**/*.md", yes: ["docs/a.md", "docs/x/y/a.md"], no: ["docs.md", "a.md"] },
  { pattern: "**/*.md", yes: ["a.md", "x/y/a.md"], no: ["a.mdx"] },
  { pattern: "/**/a", yes: ["a", "x/a", "x/y/a"], no: ["ba"] },
  { pattern: "docs/**", yes: ["docs/a", "docs/x/a"], no: ["docs/", "docsx"] },
  { pattern: "**", yes: ["a", "x/a", "x/"], no: [] },
  { pattern: "a/**/b", yes: ["a/b", "a/x/b", "a/x/y/b"], no: ["ab", "a/xb"] },
  { pattern: "file?.txt", yes: ["file1.txt", "fileé.txt"], no: ["file.txt", "file/.txt"] },
  { pattern: "?", yes: ["a", "é", "😀"], no: ["ab"] },
  { pattern: "[a-c]x", yes: ["ax", "cx"], no: ["dx", "x"] },
  { pattern: "[!a-c]x", yes: ["dx"], no: ["ax", "/x"] },
  { pattern: "[]]x", yes: ["]x"], no: ["x"] },
  { pattern: "*.{js,ts}", yes: ["a.js", "b/a.ts"], no: ["a.jsx", "a."] },
  { pattern: "/{src,lib/{a,b}}/*.js", yes: ["src/x.js", "lib/a/x.js"], no: ["lib/x.js"] },
  { pattern: "a.c+(x)^$|", yes: ["a.c+(x)^$|"], no: ["abc+(x)^$|"] },
  { pattern: "\\*", yes: ["*"], no: ["a"] },
  { pattern: "\\{a,b\\}", yes: ["{a,b}"], no: ["a"] },
  { pattern: "line\nbreak", yes: ["line\nbreak"], no: [] },
  { pattern: "*k", yes: ["line\nbreak"], no: [] },
  { pattern: "README", yes: ["README"], no: ["readme"] },
];

describe("parseGlob", () => {
  for (const { pattern, yes, no } of CASES) {
    it(JSON.stringify(pattern), () => {
      const glob = parseGlob(pattern);
      const matches = (path: string): boolean =>
        glob.matches(path.replace(/\/$/, ""), path.endsWith("/"));
      assert.deepEqual(
        yes.filter((path) => !matches(path)),
        [],
      );
      assert.deepEqual(no.filter(matches), []);
    });
  }

  for (const pattern of [
    "",
    "/",
    "!a",
    "../a",
    "a/..",
    "[a",
    "{a",
    "{}",
    "{,a}",
    "{a,b}".repeat(11),
    "a\\",
    "[]",
    "[z-a]",
  ]) {
    it(`refuses ${JSON.stringify(pattern)}`, () => {
      assert.throws(() => parseGlob(pattern), GlobSyntaxError);
    });
  }

  it("is not slow with many stars", () => {
    const started = performance.now();
    assert.equal(parseGlob(`${"*a".repeat(40)}b`).matches("a".repeat(5000), false), false);
    assert.ok(performance.now() - started < 5000);
  });
});
