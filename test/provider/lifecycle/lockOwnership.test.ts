import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { LockOwnership } from "../../../provider/lifecycle/lockOwnership.js";

const MANIFEST = "registry/app@sha256:1";

describe("LockOwnership", () => {
  it("of each attribute remembers what was found first, whoever found it", () => {
    const locks = new LockOwnership();
    locks.hold("a", { [MANIFEST]: { listEnabled: true } });
    locks.hold("b", { [MANIFEST]: { writeEnabled: true } });
    const live = { writeEnabled: false, listEnabled: false, readEnabled: false };
    assert.deepEqual(locks.previousOf(MANIFEST, live), {
      writeEnabled: true,
      listEnabled: true,
      readEnabled: false,
    });
  });

  it("only what the program declares holds", () => {
    const locks = new LockOwnership();
    locks.hold("a", { [MANIFEST]: { writeEnabled: true } });
    assert.equal(locks.holder(MANIFEST), undefined, "a refresh or destroy calls no check");
    locks.declare("a", "registry/app:1.0");
    assert.equal(locks.holder(MANIFEST), "a");
    assert.equal(locks.holder(MANIFEST, "a"), undefined);
  });

  it("frees what others do not hold, attribute by attribute", () => {
    const locks = new LockOwnership();
    locks.declare("lock", "registry/app:1.0", { writeEnabled: false });
    locks.hold("lock", { [MANIFEST]: { writeEnabled: true } });
    locks.declare("properties", MANIFEST, { listEnabled: false });
    const all = { writeEnabled: false, listEnabled: false, readEnabled: false };
    assert.deepEqual(locks.free(MANIFEST, all), { readEnabled: false });
    assert.deepEqual(locks.free(MANIFEST, all, "lock"), {
      writeEnabled: false,
      readEnabled: false,
    });
    assert.deepEqual(locks.free("registry/app:2.0", all), all);
  });

  it("knows an heir by the values that were set, which it found", () => {
    const previous = { writeEnabled: true };
    const declared = { writeEnabled: false };
    const heir = (found: boolean): string | undefined => {
      const locks = new LockOwnership();
      locks.hold("new", { [MANIFEST]: { writeEnabled: found } });
      return locks.heirOf(MANIFEST, { previous, declared });
    };
    assert.equal(heir(false), "new");
    assert.equal(heir(true), undefined, "it puts back the same");
  });

  it("knows no heir in who found other values before they were set", () => {
    const locks = new LockOwnership();
    locks.hold("first", { [MANIFEST]: { writeEnabled: true } });
    const going = { previous: { writeEnabled: false }, declared: { writeEnabled: false } };
    assert.equal(locks.heirOf(MANIFEST, going), undefined);
  });
});
