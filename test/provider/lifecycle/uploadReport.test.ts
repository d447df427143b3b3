import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import { sleep } from "../../../provider/http/clock.js";
import type { EngineLog } from "../../../provider/lifecycle/engineLog.js";
import { type UploadReport, withUploadReport } from "../../../provider/lifecycle/uploadReport.js";
import type { Descriptor } from "../../../provider/oci/descriptor.js";
import { digestOf } from "../../../provider/oci/digest.js";
import { VirtualClock } from "../http/virtualClock.js";

const MIB = 1024 * 1024;

function blob(name: string, size: number): Descriptor {
  return { mediaType: "application/octet-stream", digest: digestOf(name), size };
}

describe("the report of an upload", () => {
  let clock: VirtualClock;
  let said: string[];
  beforeEach(() => {
    clock = new VirtualClock();
    said = [];
  });

  const log = (redrawn: boolean): EngineLog => ({
    info: (message) => void said.push(`kept: ${message}`),
    warn: (message) => void said.push(`warning: ${message}`),
    status: (message) => void said.push(message),
    redrawn: () => Promise.resolve(redrawn),
  });
  const passes = (seconds: number): Promise<void> =>
    sleep(clock, seconds * 1000, new AbortController().signal);
  /** Sends a blob of this size (MiB) evenly in this time (seconds), after one that existed. */
  const upload =
    (mib: number, seconds: number) =>
    async (report: UploadReport): Promise<string> => {
      const [there, missing] = [blob("there", 40 * MIB), blob("missing", mib * MIB)];
      report.phase("uploading");
      report.expected([there, missing]);
      report.blobPushed(there, "existed");
      for (let part = 1; part <= seconds * 2; part += 1) {
        await passes(0.5);
        report.progress(missing, (missing.size * part) / (seconds * 2));
      }
      report.blobPushed(missing, "uploaded");
      report.phase("tagging v1");
      await passes(1.2);
      return "published";
    };
  const run = (redrawn: boolean, publish: (report: UploadReport) => Promise<string>) =>
    withUploadReport(log(redrawn), publish, clock);

  it("is a status a second where rows are drawn anew, and a last line that stays", async () => {
    assert.equal(await run(true, upload(12, 4)), "published");
    assert.deepEqual(
      said.filter((line) => !line.startsWith("kept")).map((line) => line.split(",")[0]),
      [
        "uploading: 1.5 of 12.0 MiB",
        "uploading: 4.5 of 12.0 MiB",
        "uploading: 7.5 of 12.0 MiB",
        "uploading: 10.5 of 12.0 MiB",
        "tagging v1",
      ],
    );
    assert.match(said[1] ?? "", /, \d\.\d MiB\/s; 1 blob there already$/);
    assert.equal(
      said.at(-1),
      "kept: 1 blob, 12.0 MiB sent in 4 s (3.0 MiB/s); 1 blob, 40.0 MiB there already",
    );
  });

  it("is the start and the end of a long upload in a log of lines", async () => {
    await run(false, upload(12, 60));
    assert.equal(said.length, 2);
    assert.match(said[0] ?? "", /^uploading: 0\.9 of 12\.0 MiB, /);
    assert.match(said[1] ?? "", /^kept: 1 blob, 12\.0 MiB sent in 1 min 0 s /);
  });

  it("is nothing of a short upload in a log of lines", async () => {
    await run(false, upload(12, 4));
    assert.deepEqual(said, []);
  });

  it("is nothing that stays where little was sent in a short time", async () => {
    await run(true, upload(0.5, 0.5));
    assert.equal(said.length, 2);
    assert.equal(said[0], "tagging v1");
    assert.match(said[1] ?? "", /^1 blob, 512\.0 KiB sent in /);
  });

  it("is nothing where everything was there, however long it took", async () => {
    await run(false, async (report) => {
      report.expected([blob("there", 40 * MIB)]);
      report.blobPushed(blob("there", 40 * MIB), "existed");
      report.phase("locking");
      await passes(60);
      return "published";
    });
    assert.deepEqual(said, []);
  });

  it("tells of the phases without blobs only where rows are drawn anew", async () => {
    const wait = async (report: UploadReport): Promise<string> => {
      report.phase("checking what exists");
      await passes(7.5);
      report.phase("published");
      return "published";
    };
    await run(false, wait);
    assert.deepEqual(said, []);
    await run(true, wait);
    assert.deepEqual([...new Set(said)], ["checking what exists", "published"]);
    assert.equal(said.length, 8);
  });

  for (const redrawn of [true, false]) {
    it(`ends with the work when that fails, ${redrawn ? "rows drawn anew" : "a log"}`, async () => {
      const failure = new Error("the tag is somebody's");
      const failing = async (report: UploadReport): Promise<string> => {
        await upload(12, 8)(report);
        throw failure;
      };
      await assert.rejects(run(redrawn, failing), failure);
      const before = said.length;
      await passes(30);
      assert.equal(said.length, before);
      assert.deepEqual(
        said.filter((line) => line.startsWith("kept")),
        [],
      );
    });
  }
});
