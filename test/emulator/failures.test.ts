import assert from "node:assert/strict";
import { runInNewContext } from "node:vm";
import { describe, it } from "mocha";

import { errorCode, errorMessage, explained, isTypeError } from "../../emulator/failures.js";

/** Errors as seen by a test runner that gives each file its own globals. */
const foreign: unknown = runInNewContext(
  'Object.assign(new TypeError("no such file"), { code: "ENOENT" })',
);

describe("an error from other globals than the emulator's", () => {
  it("is recognised by its message and code", () => {
    assert.ok(!(foreign instanceof Error));
    assert.deepEqual(
      [errorCode(foreign), errorMessage(foreign), isTypeError(foreign)],
      ["ENOENT", "no such file", true],
    );
  });

  it("as is any other thrown value", () => {
    for (const thrown of ["text", undefined, null]) {
      assert.deepEqual([errorCode(thrown), isTypeError(thrown)], [undefined, false]);
      assert.equal(errorMessage(thrown), String(thrown));
    }
  });

  it("is explained where a module may not be loaded", () => {
    const code = "ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING_FLAG";
    const refused = Object.assign(new TypeError("A dynamic import callback"), { code });
    assert.match(String(explained(refused)), /NODE_OPTIONS=--experimental-vm-modules/);
    assert.equal(explained(foreign), foreign);
  });
});
