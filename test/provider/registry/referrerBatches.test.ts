import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { beforeEach, describe, it } from "mocha";
import { hasCode } from "../../../provider/errors.js";
import { parseRepositoryName, parseTag } from "../../../provider/oci/reference.js";
import { ReferrerBatches } from "../../../provider/registry/referrerBatches.js";
import { FakeTransport } from "./fakeTransport.js";

describe("changes of one list of referrers", () => {
  let lists = 0;
  let batches: ReferrerBatches;
  /** Digests of each write, in order. */
  let written: string[][];
  let first: Promise<void>;
  /** Ends the first write, for which the others wait. */
  let release: (value?: undefined) => void;
  let waits: Promise<undefined>;
  let begins: Promise<undefined>;
  let begun: (value?: undefined) => void;

  beforeEach(() => {
    const transport = FakeTransport.script();
    const repository = parseRepositoryName("a");
    // A new name each time: clients share turns, and a failed test may still hold one.
    const tag = parseTag(`list-${(lists += 1)}`);
    batches = ReferrerBatches.of({ transport, repository, actions: [] }, tag);
    written = [];
    ({ promise: waits, resolve: release } = Promise.withResolvers<undefined>());
    ({ promise: begins, resolve: begun } = Promise.withResolvers<undefined>());
  });
  const submit = (digest: string, signal?: AbortSignal): Promise<void> =>
    batches.submit(
      { digest, entry: undefined },
      async (changes) => {
        written.push([...changes.keys()]);
        begun();
        await waits;
      },
      signal,
    );

  /** Starts the first write, so that the next ones are batched. */
  async function begin(): Promise<void> {
    first = submit("first");
    await begins;
  }

  it("are written together while they wait", async () => {
    await begin();
    const others = [submit("second"), submit("third")];
    release();
    await Promise.all([first, ...others]);
    assert.deepEqual(written, [["first"], ["second", "third"]]);
  });

  it("do not join a batch that everybody has given up", async () => {
    await begin();
    const controller = new AbortController();
    const given = ["second", "third"].map((digest) => submit(digest, controller.signal));
    controller.abort();
    for (const change of given) {
      await assert.rejects(change, (error) => hasCode(error, "ABORTED"));
    }
    const others = [submit("fourth"), submit("fifth")];
    release();
    await Promise.all([first, ...others]);
    assert.deepEqual(written, [["first"], ["fourth", "fifth"]]);
  });

  it("are still gathered after the turn of an aborted batch", async () => {
    await begin();
    const controller = new AbortController();
    const given = submit("second", controller.signal);
    controller.abort();
    await assert.rejects(given);
    const third = submit("third");
    release();
    await first;
    // The second one's turn comes before the third's and must not leave a fourth alone.
    const fourth = submit("fourth");
    await Promise.all([third, fourth]);
    assert.deepEqual(written, [["first"], ["third", "fourth"]]);
  });

  it("leave no listener on a signal that lives on", async () => {
    const { signal } = new AbortController();
    release();
    await submit("first", signal);
    assert.equal(getEventListeners(signal, "abort").length, 0);
  });
});
