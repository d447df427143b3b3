import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { RegistryError } from "../../../provider/errors.js";
import { OperationLog } from "../../../provider/lifecycle/engineLog.js";
import { whenUnlocked } from "../../../provider/lifecycle/whenUnlocked.js";

const OPERATION = {
  signal: new AbortController().signal,
  log: new OperationLog("", () => undefined),
};

function locked(status?: number): RegistryError {
  return new RegistryError("LOCKED", "it is locked", { method: "GET", url: "", status });
}

/** Fails with these errors in turn; returns the number of look-ups and the last failure. */
async function look(
  errors: readonly Error[],
  underWay: number,
): Promise<{ readonly looks: number; readonly failure: unknown }> {
  let looks = 0;
  const host = { operations: { underWay }, pause: () => Promise.resolve() };
  const remove = (): Promise<void> => {
    const error = errors[looks];
    looks += 1;
    return error === undefined ? Promise.resolve() : Promise.reject(error);
  };
  const done = whenUnlocked(host, OPERATION, remove);
  const failure: unknown = await done.catch((error: unknown) => error);
  return { looks, failure };
}

describe("what is locked while other resources are being deleted", () => {
  for (const [what, locks, underWay] of [
    ["at once if it is open", 0, 2],
    ["though nothing else is under way any more: the lock may have gone meanwhile", 1, 1],
    ["once the lock has gone", 3, 2],
  ] as const) {
    it(`is removed ${what}`, async () => {
      const errors = Array.from({ length: locks }, () => locked());
      assert.deepEqual(await look(errors, underWay), { looks: locks + 1, failure: undefined });
    });
  }

  const rows: readonly (readonly [string, readonly Error[], number, number])[] = [
    ["nothing else is under way", [locked(), locked(), locked()], 1, 2],
    ["the lock stays", Array.from({ length: 9 }, () => locked()), 2, 5],
    ["the registry itself refused", [locked(405)], 2, 1],
    ["it is another failure", [new Error("no")], 2, 1],
  ];
  for (const [why, errors, underWay, looks] of rows) {
    it(`is told of if ${why}`, async () => {
      assert.deepEqual(await look(errors, underWay), { looks, failure: errors[looks - 1] });
    });
  }
});
