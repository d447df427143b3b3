import assert from "node:assert/strict";
import { join } from "node:path";
import { before, describe, it } from "mocha";
import { checkout } from "../../tools/installed.js";
import { type TestSelection, tool } from "./modules.js";

describe("selectTests", () => {
  const here = join(checkout, "test", "tools");
  const compiled = join(checkout, "dist", "test", "tools");
  let selectTests: TestSelection["selectTests"];

  before(async () => {
    ({ selectTests } = await tool<TestSelection>("selection.mjs"));
  });

  it("selects the compiled form of a file once", () => {
    const file = join(here, "selection.test.ts");
    const { files, needsPulumi } = selectTests([file, here, file]);
    assert.equal(files.filter((name) => name === join(compiled, "selection.test.js")).length, 1);
    assert.equal(needsPulumi, false);
  });

  it("selects the tests of a folder in the order of their names", () => {
    const { files } = selectTests([here]);
    assert.deepEqual(files, [...files].sort());
    assert.ok(files.includes(join(compiled, "bootstrap.test.js")));
    assert.ok(!files.includes(join(compiled, "modules.js")));
  });

  it("selects the tests whose titles contain a given text", () => {
    const { files, options } = selectTests(["names of", "tags"]);
    assert.deepEqual(options, ["--fgrep=names of tags"]);
    assert.deepEqual(files, selectTests([]).files);
  });

  it("passes options on to mocha", () => {
    assert.deepEqual(selectTests(["--bail"]).options, ["--bail"]);
  });

  it("puts the tests that start the engine last", () => {
    const folders = selectTests([]).files.map(
      (file) => file.slice(join(checkout, "dist", "test").length + 1).split(/[/\\]/u)[0] ?? "",
    );
    const firstSlow = folders.findIndex((name) => ["lifecycle", "interop"].includes(name));
    const lastUnit = folders.findLastIndex((name) => ["tools", "provider"].includes(name));
    assert.ok(firstSlow === -1 || firstSlow > lastUnit, folders.join(" "));
  });
});
