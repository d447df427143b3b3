import assert from "node:assert/strict";
import { getEventListeners, setMaxListeners } from "node:events";
import { describe, it } from "mocha";
import { linkedSignal } from "../../../provider/concurrency/linkedSignal.js";
import { emulatorForSuite } from "../../support/emulatorForSuite.js";

const listenersOf = (signal: AbortSignal): number => getEventListeners(signal, "abort").length;

describe("a linked signal", () => {
  for (const which of [0, 1]) {
    it(`is aborted with source ${which}, for its reason, and unlinks from both`, () => {
      const sources = [new AbortController(), new AbortController()];
      const signals = sources.map(({ signal }) => signal);
      const { signal } = linkedSignal(...signals);
      assert.equal(signal.aborted, false);
      sources[which]?.abort("why");
      assert.equal(signal.aborted, true);
      assert.equal(signal.reason, "why");
      assert.deepEqual(signals.map(listenersOf), [0, 0]);
    });
  }

  it("is aborted from the beginning if a source is", () => {
    const other = new AbortController().signal;
    const { signal } = linkedSignal(other, AbortSignal.abort("why"));
    assert.equal(signal.reason, "why");
    assert.equal(listenersOf(other), 0);
  });

  it("causes no leak warning, however many there are", async () => {
    const { signal } = new AbortController();
    // Early versions of Node 22 behave like this.
    setMaxListeners(10, signal);
    const warnings: Error[] = [];
    const note = (warning: Error): unknown => warnings.push(warning);
    process.on("warning", note);
    for (let links = 0; links < 20; links += 1) linkedSignal(signal);
    // Warnings are emitted before anything else runs.
    await new Promise(setImmediate);
    process.off("warning", note);
    assert.deepEqual(warnings, []);
  });

  it("is not aborted any more once it is unlinked", () => {
    const source = new AbortController();
    const { signal, unlink } = linkedSignal(source.signal);
    unlink();
    source.abort();
    assert.equal(signal.aborted, false);
  });
});

describe("a signal used by many calls", () => {
  const subject = emulatorForSuite();

  it("keeps nothing of them when they have ended", async () => {
    const { blobs, manifests, tags } = subject.client().repository("a");
    const { signal } = new AbortController();
    const { digest } = await blobs.upload(Buffer.alloc(100_000), { signal });
    const content = await blobs.fetch(digest, { signal });
    assert.ok(listenersOf(signal) > 0);
    for await (const piece of content) assert.ok(piece);
    // Abandoned before its end.
    (await blobs.fetch(digest, { signal })).destroy();
    await assert.rejects(blobs.fetch(`sha256:${"0".repeat(64)}`, { signal }), {
      code: "NOT_FOUND",
    });
    assert.equal(await manifests.resolve("none", { signal }), undefined);
    for await (const tag of tags.list({ signal })) assert.fail(tag);
    // The last stream closes later; only the test's timeout limits the wait.
    while (listenersOf(signal) > 0) await new Promise(setImmediate);
  });
});
