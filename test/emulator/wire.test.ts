import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";

import { parseContentRange, parseRange } from "../../emulator/wire/range.js";
import { covers, formatScope, parseScopes, repositoryAccess } from "../../emulator/wire/scope.js";
import { increasingClock, shownTime } from "../../emulator/wire/time.js";
import { accepts } from "../../emulator/wire/mediaTypes.js";

describe("the emulator's words on the wire", () => {
  it("times have seven fractional digits and strictly increase", () => {
    const clock = increasingClock(() => 1_723_078_798_711.25);
    assert.equal(clock(), "2024-08-08T00:59:58.7112500Z");
    assert.equal(clock(), "2024-08-08T00:59:58.7112501Z");
  });

  for (const [kept, shown] of [
    ["2024-06-20T20:46:30.3380050Z", "2024-06-20T20:46:30.338005Z"],
    ["2024-06-20T20:46:30.3380051Z", "2024-06-20T20:46:30.3380051Z"],
    ["2024-06-20T20:46:30.1000000Z", "2024-06-20T20:46:30.1Z"],
    ["2024-06-20T20:40:00.0000000Z", "2024-06-20T20:40:00Z"],
  ] as const) {
    it(`the time ${kept} is shown as ${shown}`, () => {
      assert.equal(shownTime(kept), shown);
    });
  }

  it("a range is never outside the content", () => {
    const position = fc.oneof(fc.nat(20), fc.constant(""));
    fc.assert(
      fc.property(position, position, fc.nat(10), (first, last, size) => {
        const range = parseRange(`bytes=${first}-${last}`, size);
        if (typeof range === "string") return;
        assert.ok(range.start >= 0 && range.start <= range.end && range.end < size);
      }),
    );
  });

  const contentRanges: readonly [text: string, parsed: object | undefined][] = [
    ["0-21", { start: 0, end: 21 }],
    ["0-0", { start: 0, end: 0 }],
    ["bytes 0-21/*", undefined],
    ["bytes=0-21", undefined],
    ["21-0", undefined],
    ["-21", undefined],
    ["", undefined],
  ];
  for (const [text, parsed] of contentRanges) {
    it(`Content-Range: ${text}`, () => assert.deepEqual(parseContentRange(text), parsed));
  }

  it("scopes are read as they are written", () => {
    const access = [repositoryAccess("a/b", "pull", "push"), repositoryAccess("host:80/c", "pull")];
    assert.deepEqual(parseScopes([formatScope(access)]), access);
    assert.deepEqual(parseScopes(["nonsense", "repository::", ""]), [
      { type: "repository", name: "", actions: [] },
    ]);
  });

  const grants: readonly [granted: string, wanted: string, covered: boolean][] = [
    ["repository:a:pull,push", "repository:a:push,pull", true],
    ["repository:a:pull", "repository:a:pull,push", false],
    ["repository:a:pull repository:a:push", "repository:a:pull,push", true],
    ["repository:a:pull", "repository:b:pull", false],
    ["repository:*:*", "repository:b:delete", true],
    ["repository:*:*", "registry:catalog:*", false],
  ];
  for (const [granted, wanted, covered] of grants) {
    it(`${granted} ${covered ? "covers" : "does not cover"} ${wanted}`, () => {
      assert.equal(covers(parseScopes([granted]), parseScopes([wanted])), covered);
    });
  }

  const offers: readonly [accept: string | undefined, accepted: boolean][] = [
    [undefined, true],
    ["*/*", true],
    ["text/html, application/x;q=0.5", true],
    ["application/*", true],
    ["APPLICATION/X", true],
    ["application/xx", false],
  ];
  for (const [accept, accepted] of offers) {
    it(`Accept: ${String(accept)}`, () => assert.equal(accepts(accept, "application/x"), accepted));
  }
});
