import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { checkout } from "../../tools/installed.js";
import { moduleExports } from "../support/moduleExports.js";
import { publicApi } from "./publicApi.js";

describe("public API", function () {
  // The compiler reads all of the product.
  this.timeout(60_000);

  for (const [entry, names] of Object.entries(publicApi)) {
    it(`${entry} exports what is written down, and nothing else`, () => {
      assert.deepEqual(exportedNames(sourceOf(entry)), names);
    });
  }
});

/** The source file behind an entry point: `./dist/resources/index.js` was compiled from `resources/index.ts`. */
function sourceOf(entry: string): string {
  const { exports } = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8")) as {
    exports: Readonly<Record<string, { readonly default: string } | undefined>>;
  };
  const compiled = exports[entry]?.default;
  assert.ok(compiled !== undefined, `package.json has no entry point ${entry}`);
  return join(checkout, compiled.replace("./dist/", "").replace(/\.js$/u, ".ts"));
}

function exportedNames(file: string): string[] {
  return moduleExports(file)
    .symbols.map(({ name }) => name)
    .sort();
}
