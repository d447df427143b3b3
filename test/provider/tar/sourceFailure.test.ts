import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { PackError } from "../../../provider/errors.js";
import { sourceFailure, whenDescriptorsAllow } from "../../../provider/tar/sourceFailure.js";

function failure(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: from the operating system`), { code });
}

describe("sourceFailure", () => {
  const cases: Record<string, [string, RegExp]> = {
    ENOENT: ["SOURCE_NOT_FOUND", /^a\/b does not exist$/],
    EACCES: ["SOURCE_UNREADABLE", /a\/b.*permission denied/],
    EIO: ["SOURCE_UNREADABLE", /^cannot read a\/b: EIO$/],
    EMFILE: ["SOURCE_UNREADABLE", /too many open files/],
  };
  for (const [code, [expected, words]] of Object.entries(cases)) {
    it(`says what ${code} means, and for which path`, () => {
      const cause = failure(code);
      const error = sourceFailure(cause, "read", { shownPath: "a/b", property: "layers[0].file" });
      assert.ok(error instanceof PackError);
      assert.deepEqual(
        [error.code, error.path, error.property],
        [expected, "a/b", "layers[0].file"],
      );
      assert.match(error.message, words);
      assert.equal(error.cause, cause);
    });
  }

  it("leaves other errors unchanged", () => {
    const error = new Error("other");
    assert.equal(sourceFailure(error, "read", { shownPath: "a", property: undefined }), error);
  });
});

describe("whenDescriptorsAllow", () => {
  it("tries again while the process is out of descriptors", async () => {
    const outcomes = [failure("EMFILE"), failure("ENFILE"), undefined];
    const open = (): Promise<string> => {
      const error = outcomes.shift();
      return error === undefined ? Promise.resolve("open") : Promise.reject(error);
    };
    assert.equal(await whenDescriptorsAllow(open), "open");
  });

  it("fails at once for every other reason", async () => {
    let attempts = 0;
    const open = (): Promise<never> => {
      attempts++;
      return Promise.reject(failure("EACCES"));
    };
    await assert.rejects(whenDescriptorsAllow(open), { code: "EACCES" });
    assert.equal(attempts, 1);
  });
});
