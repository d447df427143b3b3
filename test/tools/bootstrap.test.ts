import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { checkout } from "../../tools/installed.js";
import { type Bootstrap, tool } from "./modules.js";

const locked = {
  "": { version: "1.0.0" },
  "node_modules/one": { version: "1.2.3" },
  "node_modules/self": { resolved: "", link: true },
  "node_modules/other-system": { version: "1.0.0", optional: true },
};
const installed = {
  "node_modules/one": { version: "1.2.3" },
  "node_modules/self": { resolved: "", link: true },
};

const cases: readonly { name: string; account?: object; expected: boolean }[] = [
  { name: "an empty or interrupted install", expected: false },
  { name: "an install as locked", account: installed, expected: true },
  {
    name: "a version other than the locked one",
    account: { ...installed, "node_modules/one": { version: "1.2.2" } },
    expected: false,
  },
  {
    name: "a missing package",
    account: { "node_modules/one": { version: "1.2.3" } },
    expected: false,
  },
  {
    name: "a package that is not locked",
    account: { ...installed, "node_modules/extra": { version: "1.0.0" } },
    expected: true,
  },
];

describe("isInstalled", () => {
  let folder: string;
  let isInstalled: Bootstrap["isInstalled"];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "pulumi-acr-"));
    ({ isInstalled } = await tool<Bootstrap>("bootstrap.mjs"));
  });

  after(() => {
    rmSync(folder, { recursive: true });
  });

  for (const { name, account, expected } of cases) {
    it(`is ${expected} for ${name}`, () => {
      const clone = mkdtempSync(join(folder, "clone-"));
      mkdirSync(join(clone, "node_modules"));
      writeFileSync(join(clone, "package-lock.json"), JSON.stringify({ packages: locked }));
      if (account !== undefined) {
        const file = join(clone, "node_modules", ".package-lock.json");
        writeFileSync(file, JSON.stringify({ packages: account }));
      }
      assert.equal(isInstalled(clone), expected);
    });
  }

  it("is true for this checkout, which runs these tests", () => {
    assert.equal(isInstalled(checkout), true);
  });
});
