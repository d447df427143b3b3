import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import type { RemovalOutcome } from "../../../provider/artifact/removal.js";
import type { Operation } from "../../../provider/lifecycle/operation.js";
import { WaitingRemovals } from "../../../provider/lifecycle/waitingRemovals.js";

const STAYS: RemovalOutcome = { removedTags: [], kept: "a referrer", waits: true };
const KEPT: RemovalOutcome = { removedTags: [], kept: "a tag" };
const GONE: RemovalOutcome = { removedTags: [] };

const operation = (name: string): Operation =>
  ({ name, signal: new AbortController().signal }) as unknown as Operation;
const [FIRST, SECOND] = [operation("first"), operation("second")];

/** Lets everything that is due run. */
const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("a removal that waits", () => {
  let removals: WaitingRemovals;
  /** The operations for which the removal was attempted. */
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
    assert.equal(await removals.attempt("s", answering(STAYS, STAYS, GONE), FIRST, pause), STAYS);
    assert.equal(await removals.released("s", SECOND), STAYS);
    assert.equal(await removals.released("s", SECOND), GONE);
    assert.equal(await removals.released("s", SECOND), undefined);
    assert.deepEqual(attempts, [FIRST, SECOND, SECOND]);
  });

  it("is not attempted again where something else keeps it, or where it is gone", async () => {
    await removals.attempt("tagged", answering(KEPT), FIRST, pause);
    attempts = [];
    await removals.attempt("gone", answering(GONE), FIRST, pause);
    for (const reference of ["tagged", "gone", "never"]) {
      assert.equal(await removals.released(reference, SECOND), undefined);
    }
  });

  it("tries again itself for what goes while it is attempted", async () => {
    let finish: (outcome: RemovalOutcome) => void = () => undefined;
    const slow = new Promise<RemovalOutcome>((resolve) => (finish = resolve));
    const outcomes = [slow, Promise.resolve(GONE)];
    const attempt = removals.attempt("s", () => outcomes.shift() ?? slow, FIRST, pause);
    const released = removals.released("s", SECOND);
    finish(STAYS);
    assert.equal(await released, undefined);
    assert.equal(await attempt, GONE);
  });

  it("waits while anything is being removed, and goes when that lets it", async () => {
    let finish: (outcome: RemovalOutcome) => void = () => undefined;
    const slow = new Promise<RemovalOutcome>((resolve) => (finish = resolve));
    const other = removals.attempt(
      "referrer",
      async (current) => {
        const outcome = await slow;
        await removals.released("s", current);
        return outcome;
      },
      SECOND,
      pause,
    );
    const subject = removals.attempt("s", answering(STAYS, GONE), FIRST, pause);
    for (let turn = 0; turn < 5; turn += 1) await pause();
    assert.deepEqual(attempts, [FIRST]);
    finish(GONE);
    assert.equal(await subject, GONE);
    assert.equal(await other, GONE);
    assert.deepEqual(attempts, [FIRST, FIRST]);
  });

  it("waits for what begins to be removed during its pause", async () => {
    const begin = async (): Promise<void> => {
      void removals.attempt(
        "referrer",
        async (current) => {
          await pause();
          await removals.released("s", current);
          return GONE;
        },
        SECOND,
        pause,
      );
      await Promise.resolve();
    };
    assert.equal(await removals.attempt("s", answering(STAYS, GONE), FIRST, begin), GONE);
  });

  it("ends when its operation is called off", async () => {
    const controller = new AbortController();
    const called = { signal: controller.signal } as unknown as Operation;
    const slow = new Promise<RemovalOutcome>(() => undefined);
    void removals.attempt("referrer", () => slow, SECOND, pause);
    const subject = removals.attempt("s", answering(STAYS, GONE), called, pause);
    await pause();
    controller.abort();
    await assert.rejects(subject, { code: "ABORTED" });
    assert.equal(await removals.released("s", SECOND), GONE);
  });

  it("waits on when another attempt fails", async () => {
    await removals.attempt("s", answering(STAYS), FIRST, pause);
    await assert.rejects(removals.released("s", SECOND), /too often/);
    await assert.rejects(removals.released("s", SECOND), /too often/);
  });
});
