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
});
