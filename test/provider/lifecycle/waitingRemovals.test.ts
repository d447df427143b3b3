import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import type { RemovalOutcome } from "../../../provider/artifact/removal.js";
import type { Operation } from "../../../provider/lifecycle/operation.js";
import { WaitingRemovals } from "../../../provider/lifecycle/waitingRemovals.js";

const STAYS: RemovalOutcome = { removedTags: [], kept: "a referrer", waits: true };
const KEPT: RemovalOutcome = { removedTags: [], kept: "a tag" };
const GONE: RemovalOutcome = { removedTags: [] };

const operation = (name: string): Operation => ({ name }) as unknown as Operation;
const [FIRST, SECOND] = [operation("first"), operation("second")];

describe("a removal that waits", () => {
  let removals: WaitingRemovals;
  /** The operations on whose behalf it was attempted. */
  let attempts: Operation[];
  beforeEach(() => {
    removals = new WaitingRemovals();
    attempts = [];
  });

  const answering =
    (...outcomes: readonly RemovalOutcome[]) =>
    (current: Operation): Promise<RemovalOutcome> => {
      attempts.push(current);
      const outcome = outcomes[attempts.length - 1];
      return outcome === undefined
        ? Promise.reject(new Error("too often"))
        : Promise.resolve(outcome);
    };

  it("is attempted again for the one that releases it, until it is gone", async () => {
    assert.equal(await removals.attempt("s", answering(STAYS, STAYS, GONE), FIRST), STAYS);
    assert.equal(await removals.released("s", SECOND), STAYS);
    assert.equal(await removals.released("s", SECOND), GONE);
    assert.equal(await removals.released("s", SECOND), undefined);
    assert.deepEqual(attempts, [FIRST, SECOND, SECOND]);
  });

  it("is not attempted again where something else keeps it, or where it is gone", async () => {
    await removals.attempt("tagged", answering(KEPT), FIRST);
    attempts = [];
    await removals.attempt("gone", answering(GONE), FIRST);
    for (const reference of ["tagged", "gone", "never"]) {
      assert.equal(await removals.released(reference, SECOND), undefined);
    }
  });

  it("misses nothing that goes while it is attempted", async () => {
    let finish: (outcome: RemovalOutcome) => void = () => undefined;
    const slow = new Promise<RemovalOutcome>((resolve) => (finish = resolve));
    const outcomes = [slow, Promise.resolve(GONE)];
    const attempt = removals.attempt("s", () => outcomes.shift() ?? slow, FIRST);
    const released = removals.released("s", SECOND);
    finish(STAYS);
    assert.equal(await attempt, STAYS);
    assert.equal(await released, GONE);
  });

  it("waits on when another attempt fails", async () => {
    await removals.attempt("s", answering(STAYS), FIRST);
    await assert.rejects(removals.released("s", SECOND), /too often/);
    await assert.rejects(removals.released("s", SECOND), /too often/);
  });
});
