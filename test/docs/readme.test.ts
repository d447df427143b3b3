import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, it } from "mocha";
import { checkout } from "../../tools/installed.js";

const read = (path: string): string => readFileSync(join(checkout, path), "utf8");

describe("the documents", () => {
  it("README shows the quickstart as it runs", () => {
    const [, program] = /```ts\n([\s\S]*?)```/.exec(read("README.md")) ?? [];
    assert.equal(program, read("examples/quickstart/index.ts"));
  });

  for (const document of ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"]) {
    it(`${document} links to files that exist`, () => {
      const links = [...read(document).matchAll(/\]\(([^)#:]+)\)/g)].map(
        ([, target]) => target ?? "",
      );
      for (const target of links) {
        assert.ok(existsSync(join(checkout, dirname(document), target)), `${target} is missing`);
      }
    });
  }

  it("CONTRIBUTING names commands that exist", () => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    const commands = [...read("CONTRIBUTING.md").matchAll(/`npm run ([a-z]+)/g)];
    assert.ok(commands.length > 0);
    for (const [, name] of commands) assert.ok(name !== undefined && name in scripts, name);
  });
});
