import assert from "node:assert/strict";
import {
  appendFileSync,
  existsSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { once } from "node:events";
import { join } from "node:path";
import { afterEach, describe, it } from "mocha";
import type { KnownLayer } from "../../../provider/artifact/packBytes.js";
import type { PackedArtifact } from "../../../provider/artifact/assembleArtifact.js";
import { packArtifact } from "../../../provider/artifact/packArtifact.js";
import { packMemo } from "../../../provider/artifact/packMemo.js";
import type { Blob } from "../../../provider/oci/blob.js";
import { digestOf } from "../../../provider/oci/digest.js";
import { textBytes } from "../../golden/content.js";
import { leftSince } from "../../support/leakWatch.js";
import { openThings } from "../../support/openThings.js";
import { collect, sha256 } from "../tar/archives.js";
import { folderOf } from "../tar/folders.js";
import { losing, withHandles } from "./failingHandles.js";

/** More than one chunk and one compressed block. */
const TEXT = textBytes(1_200_000);
const OTHER_TEXT = textBytes(TEXT.length, 7);

type Way = "file" | "directory" | "directory, from the spool";

async function pack(
  baseDirectory: string,
  way: Way,
  known?: readonly KnownLayer[],
): Promise<PackedArtifact> {
  const layers = [way === "file" ? { file: "d/file" } : { directory: "d" }];
  const packed = await packArtifact({ artifactType: "a/b", layers }, { baseDirectory, known });
  if (way === "directory") await packMemo.clear();
  return packed;
}

function layerBlob(packed: PackedArtifact): Blob {
  return packed.blobs[1] ?? assert.fail("no layer");
}

async function layerBytes(packed: PackedArtifact, signal?: AbortSignal): Promise<Buffer> {
  return await collect(await layerBlob(packed).open(signal && { signal }));
}

function folder(): string {
  return folderOf({ "d/file": TEXT, "d/other": "x" });
}

describe("packed bytes", () => {
  afterEach(() => packMemo.clear());

  it("are always equal, whether from the spool or compressed again", async () => {
    const base = folder();
    const digests: string[] = [];
    for (const way of ["directory", "directory, from the spool"] as const) {
      const packed = await pack(base, way);
      digests.push(packed.manifest.descriptor.digest, sha256(await layerBytes(packed)));
    }
    assert.deepEqual(digests.slice(0, 2), digests.slice(2));
  });

  it("are compressed again from where the spool fails", async () => {
    const packed = await pack(folder(), "directory, from the spool");
    const whole = await layerBytes(packed);
    const rest = await withHandles(losing, () => layerBytes(packed));
    assert.ok(whole.length > 1000);
    assert.ok(rest.equals(whole));
    assert.ok((await layerBytes(packed)).equals(whole));
  });

  it("are not compressed again when the outcome is known", async () => {
    const base = folder();
    const first = await pack(base, "directory");
    const [known] = first.layerDescriptors;
    assert.ok(known);
    const claimed = { ...known, digest: digestOf("claimed") };
    const again = await pack(base, "directory", [claimed]);
    assert.deepEqual(
      [again.layerDescriptors[0]?.digest, again.layerDescriptors[0]?.size],
      [claimed.digest, known.size],
    );
    await assert.rejects(layerBytes(again), { code: "DIGEST_MISMATCH", message: /unchanged/ });
    const [right] = (await pack(base, "directory", [known])).layerDescriptors;
    assert.deepEqual(right, first.layerDescriptors[0]);
  });

  it("are compressed again when the content or the compressor differs", async () => {
    const base = folder();
    const first = await pack(base, "directory");
    const [known] = first.layerDescriptors;
    assert.ok(known);
    const other = { ...known, compressor: "another", digest: digestOf("claimed") };
    const again = await pack(base, "directory", [other]);
    assert.deepEqual(again.layerDescriptors, first.layerDescriptors);
    appendFileSync(join(base, "d/file"), "more");
    const changed = await pack(base, "directory", [known]);
    assert.notEqual(changed.layerDescriptors[0]?.digest, known.digest);
  });

  describe("are refused when the source has changed since", () => {
    const changes: Record<string, (path: string) => void> = {
      "content of the same size": (path) => {
        writeFileSync(path, OTHER_TEXT);
        utimesSync(path, 9, 9);
      },
      grown: (path) => appendFileSync(path, "more"),
      shrunk: (path) => truncateSync(path, 1_100_000),
      gone: (path) => rmSync(path),
    };
    for (const way of ["file", "directory", "directory, from the spool"] as const) {
      for (const [name, change] of Object.entries(changes)) {
        it(`${name} (${way})`, async () => {
          const base = folder();
          const packed = await pack(base, way);
          change(join(base, "d/file"));
          await assert.rejects(layerBytes(packed), { code: "SOURCE_CHANGED", path: "d/file" });
        });
      }
    }

    it("before the last chunk, even if size and time are unchanged", async () => {
      const base = folder();
      const file = join(base, "d/file");
      utimesSync(file, 9, 9);
      const packed = await pack(base, "file");
      writeFileSync(file, OTHER_TEXT);
      utimesSync(file, 9, 9);
      let received = 0;
      const reading = async (): Promise<void> => {
        for await (const chunk of await layerBlob(packed).open()) {
          received += (chunk as Buffer).length;
        }
      };
      await assert.rejects(reading(), { code: "SOURCE_CHANGED", path: "d/file" });
      assert.ok(received < TEXT.length);
    });
  });

  it("leave no file open, whether read to the end or not", async () => {
    const base = folder();
    const before = await openThings();
    for (const way of ["file", "directory", "directory, from the spool"] as const) {
      const packed = await pack(base, way);
      await layerBytes(packed);
      for (const wait of [false, true]) {
        const stream = await layerBlob(packed).open();
        if (wait) await once(stream, "data");
        const closed = new Promise((resolve) => stream.once("close", resolve));
        if (!stream.closed) {
          stream.destroy();
          await closed;
        }
      }
      const aborted = new AbortController();
      const reading = layerBytes(packed, aborted.signal);
      aborted.abort();
      await assert.rejects(reading, { name: "AbortError" });
      await packMemo.clear();
    }
    assert.deepEqual(await leftSince(before), []);
  });
});

describe("a file of 5 GiB", () => {
  it("is hashed in little memory", async function () {
    this.timeout(60_000);
    // File systems in memory read holes at once; a disk has to allocate each page first.
    const base = folderOf({ sparse: "" }, existsSync("/dev/shm") ? "/dev/shm" : undefined);
    truncateSync(join(base, "sparse"), 5 * 1024 ** 3);
    const before = process.memoryUsage.rss();
    let peak = 0;
    const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 50);
    const layers = [{ file: "sparse" }];
    const packed = await packArtifact({ artifactType: "a/b", layers }, { baseDirectory: base });
    clearInterval(watch);
    const [{ size, digest } = {}] = packed.layerDescriptors;
    const expected = "sha256:7f06c62352aebd8125b2a1841e2b9e1ffcbed602f381c3dcb3200200e383d1d5";
    assert.deepEqual([size, digest], [5 * 1024 ** 3, expected]);
    assert.ok(peak - before < 40 * 1024 ** 2, `${peak - before} bytes more`);
  });
});
