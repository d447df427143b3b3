import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  describeAttributes,
  LOCKED,
  matches,
  namesOf,
  opened,
  restrict,
  whereSupported,
} from "../../../provider/artifact/lock.js";
import { RegistryError } from "../../../provider/errors.js";
import { OPEN } from "../../support/attributes.js";

describe("named attributes", () => {
  it("are listed in the service's order", () => {
    const named = { listEnabled: false, deleteEnabled: true, readEnabled: undefined };
    assert.deepEqual(namesOf(named), ["deleteEnabled", "listEnabled"]);
    assert.equal(describeAttributes(named), "deleteEnabled=true, listEnabled=false");
    assert.deepEqual(restrict(OPEN, named), { deleteEnabled: true, listEnabled: true });
    assert.deepEqual(opened(LOCKED), { deleteEnabled: true, writeEnabled: true });
  });

  it("are compared alone", () => {
    assert.ok(matches({ ...OPEN, ...LOCKED, readEnabled: false }, LOCKED));
    assert.ok(!matches({ ...OPEN, deleteEnabled: false }, LOCKED));
    assert.ok(matches(OPEN, {}));
  });

  it("are optional if the registry has none, but not if it fails", async () => {
    const error = (code: "UNSUPPORTED" | "DENIED") =>
      new RegistryError(code, "no", { method: "GET", url: "" });
    assert.equal(await whereSupported(Promise.reject(error("UNSUPPORTED")), "none"), "none");
    await assert.rejects(whereSupported(Promise.reject(error("DENIED")), "none"), {
      code: "DENIED",
    });
    assert.equal(await whereSupported(Promise.resolve("some"), "none"), "some");
  });
});
