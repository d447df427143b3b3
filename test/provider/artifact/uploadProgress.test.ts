import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { UploadProgress } from "../../../provider/artifact/uploadProgress.js";
import { digestOf } from "../../../provider/oci/digest.js";
import type { PushOutcome } from "../../../provider/registry/repository.js";

const MIB = 1024 * 1024;

/** Events: time passes (seconds), bytes are sent, a blob is done, a phase begins. */
type Event =
  | number
  | readonly ["sent", string, number]
  | readonly ["done", string, PushOutcome]
  | readonly ["phase", string]
  | readonly ["expected", ...string[]];

/** Their names are their sizes in MiB. */
function blob(name: string): { digest: ReturnType<typeof digestOf>; size: number } {
  return { digest: digestOf(name), size: Number(/\d+/.exec(name)?.[0]) * MIB };
}

function after(events: readonly Event[]): UploadProgress {
  let now = 0;
  const progress = new UploadProgress(() => now);
  for (const event of events) {
    if (typeof event === "number") now += event * 1000;
    else if (event[0] === "sent") progress.progress(blob(event[1]), event[2] * MIB);
    else if (event[0] === "done") progress.blobPushed(blob(event[1]), event[2]);
    else if (event[0] === "phase") progress.phase(event[1]);
    else progress.expected(event.slice(1).map(blob));
  }
  return progress;
}

const BEGUN: readonly Event[] = [
  ["phase", "uploading"],
  ["expected", "a10", "b30"],
];

describe("the status of an upload", () => {
  const rows: Readonly<Record<string, readonly [readonly Event[], string]>> = {
    "before anything is known": [[], "starting"],
    "in a phase without blobs": [[["phase", "checking what exists"]], "checking what exists"],
    "at the beginning": [BEGUN, "uploading: 0.0 of 40.0 MiB, 0 B/s"],
    "on the way": [
      [...BEGUN, 2, ["sent", "a10", 4], ["sent", "b30", 2]],
      "uploading: 6.0 of 40.0 MiB, 3.0 MiB/s",
    ],
    "with a blob that is there, which is not to be sent": [
      [...BEGUN, 2, ["done", "a10", "existed"], ["sent", "b30", 2]],
      "uploading: 2.0 of 30.0 MiB, 1.0 MiB/s; 1 blob there already",
    ],
    "with blobs of every kind": [
      [
        ["phase", "uploading"],
        ["expected", "a10", "b10", "c1", "d5"],
        ["done", "a10", "existed"],
        ["done", "b10", "existed"],
        ["done", "c1", "mounted"],
      ],
      "uploading: 0.0 of 5.0 MiB, 0 B/s; 2 blobs there already; 1 blob mounted",
    ],
    "of a blob that is sent again, from its beginning": [
      [...BEGUN, 2, ["sent", "b30", 20], 2, ["sent", "b30", 0], ["sent", "b30", 4]],
      "uploading: 4.0 of 40.0 MiB, 6.0 MiB/s",
    ],
    "of a blob of which more is sent than it has": [
      [...BEGUN, 2, ["sent", "a10", 12]],
      "uploading: 10.0 of 40.0 MiB, 5.0 MiB/s",
    ],
    "at the rate of the last seconds": [
      [...BEGUN, 1, ["sent", "b30", 20], 9, ["sent", "b30", 20.5], 5, ["sent", "b30", 25.5]],
      "uploading: 25.5 of 40.0 MiB, 1.0 MiB/s",
    ],
    "when nothing moves any more": [
      [...BEGUN, 1, ["sent", "b30", 20], 60],
      "uploading: 20.0 of 40.0 MiB, 0 B/s",
    ],
    "when it moves again after a long time": [
      [...BEGUN, 1, ["sent", "b30", 20], 60, ["sent", "b30", 21]],
      "uploading: 21.0 of 40.0 MiB, 17.1 KiB/s",
    ],
    "after the last blob": [
      [...BEGUN, 1, ["done", "a10", "uploaded"], ["done", "b30", "uploaded"], ["phase", "locking"]],
      "locking",
    ],
    "when the registry has lost a blob": [
      [
        ...[...BEGUN, 1, ["done", "a10", "existed"], ["done", "b30", "existed"]],
        ...([["phase", "uploading"], ["expected", "a10"], 1, ["sent", "a10", 5]] as const),
      ] as Event[],
      "uploading: 5.0 of 10.0 MiB, 2.5 MiB/s; 1 blob there already",
    ],
  };
  for (const [name, [events, expected]] of Object.entries(rows)) {
    it(name, () => {
      assert.equal(after(events).status(), expected);
    });
  }
});

describe("the summary of an upload", () => {
  const rows: Readonly<Record<string, readonly [readonly Event[], string]>> = {
    "of what was sent and what was there": [
      [
        ["expected", "a6", "b6", "c40", "d7"],
        ["done", "c40", "existed"],
        ["done", "d7", "mounted"],
        ...([2, ["done", "a6", "uploaded"], 2, ["done", "b6", "uploaded"]] as const),
      ],
      "2 blobs, 12.0 MiB sent in 4 s (3.0 MiB/s); 1 blob, 40.0 MiB there already; " +
        "1 blob, 7.0 MiB mounted from another repository",
    ],
    "of a moment": [
      [["expected", "a6"], 0.25, ["done", "a6", "uploaded"]],
      "1 blob, 6.0 MiB sent in 0.3 s (24.0 MiB/s)",
    ],
    "of no time at all": [
      [
        ["expected", "a1"],
        ["done", "a1", "uploaded"],
      ],
      "1 blob, 1.0 MiB sent in 0.1 s (1000.0 MiB/s)",
    ],
    "of minutes, without what came after": [
      [["expected", "a400"], 200, ["done", "a400", "uploaded"], 90],
      "1 blob, 400.0 MiB sent in 3 min 20 s (2.0 MiB/s)",
    ],
  };
  for (const [name, [events, expected]] of Object.entries(rows)) {
    it(name, () => {
      assert.equal(after(events).summary(), expected);
    });
  }

  it("counts what was sent, and not what existed", () => {
    const { sentBytes } = after([
      ["expected", "a6", "b40"],
      ["done", "a6", "uploaded"],
      ["done", "b40", "existed"],
    ]);
    assert.equal(sentBytes, 6 * MIB);
  });
});
