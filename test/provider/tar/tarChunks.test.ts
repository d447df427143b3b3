import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { extract } from "tar-stream";
import { tarChunks } from "../../../provider/tar/tarChunks.js";
import { archive, collect, list, sha256 } from "./archives.js";
import { folderOf } from "./folders.js";

const VECTOR = "sha256:6cd9040cfcd7a9ff53c6cb4136bf78c1fcf6fbfca339526437ec28a126b802d3";

type Tree = Readonly<Record<string, Uint8Array>>;

/** Up to 12 files, at most three folders deep, with names of all kinds. */
const trees: fc.Arbitrary<Tree> = fc.dictionary(
  fc
    .array(
      fc.constantFrom("a", "a.txt", "B", "é", "e\u0301", "x y", "\n", "n".repeat(120), "日本"),
      {
        minLength: 1,
        maxLength: 3,
      },
    )
    .map((steps) => [...steps.slice(0, -1).map((step) => `${step}.d`), steps.at(-1)].join("/")),
  fc.uint8Array({ maxLength: 1500 }),
  { maxKeys: 12 },
);

function filesBelow(folder: string, prefix = ""): Record<string, Uint8Array> {
  const found: Record<string, Uint8Array> = {};
  for (const entry of readdirSync(join(folder, prefix), { withFileTypes: true })) {
    const path = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
    if (entry.isDirectory()) Object.assign(found, filesBelow(folder, path));
    else found[path] = new Uint8Array(readFileSync(join(folder, path)));
  }
  return found;
}

describe("tarChunks", () => {
  it("gives the archive that ORAS gives", async () => {
    const bytes = await archive(folderOf({ "hello.txt": "hello world\n" }));
    assert.deepEqual([bytes.length, sha256(bytes)], [2560, VECTOR]);
  });

  for (const umask of [0o000, 0o077]) {
    it(`does so under umask ${umask.toString(8).padStart(3, "0")}, at any time`, async () => {
      const before = process.umask(umask);
      try {
        const folder = folderOf({ "hello.txt": "hello world\n" });
        utimesSync(join(folder, "hello.txt"), 1, 86_400 * (umask + 1));
        assert.equal(sha256(await archive(folder)), VECTOR);
      } finally {
        process.umask(before);
      }
    });
  }

  it("does not depend on the order in which files were made", async () => {
    await fc.assert(
      fc.asyncProperty(trees, fc.infiniteStream(fc.nat()), async (tree, numbers) => {
        const shuffled = Object.entries(tree)
          .map(([path, bytes]) => ({ path, bytes, at: Number(numbers.next().value) }))
          .sort((a, b) => a.at - b.at)
          .map(({ path, bytes }) => [path, bytes] as const);
        const one = await archive(folderOf(tree));
        const other = await archive(folderOf(Object.fromEntries(shuffled)));
        assert.equal(sha256(one), sha256(other));
      }),
      { numRuns: 25 },
    );
  });

  it("is read back by tar unchanged", async () => {
    await fc.assert(
      fc.asyncProperty(trees, async (tree) => {
        const target = folderOf({});
        const bytes = await archive(folderOf(tree));
        execFileSync("tar", ["-xf", "-", "-C", target], { input: bytes, stdio: "pipe" });
        assert.deepEqual(filesBelow(join(target, "data")), { ...tree });
      }),
      { numRuns: 25 },
    );
  });

  it("is read by tar-stream with all fixed fields", async () => {
    const folder = folderOf({ "sub/é": "12", run: "#!" });
    chmodSync(join(folder, "run"), 0o755);
    const reader = extract();
    reader.end(await archive(folder));
    const seen: unknown[] = [];
    for await (const entry of reader) {
      const { name, mode, size, type, uid, gid, uname, gname, mtime } = entry.header;
      seen.push([name, mode, size, type]);
      assert.deepEqual([uid, gid, uname, gname, Number(mtime)], [0, 0, "", "", 0]);
      entry.resume();
    }
    assert.deepEqual(seen, [
      ["data", 0o755, 0, "directory"],
      ["data/run", 0o755, 2, "file"],
      ["data/sub", 0o755, 0, "directory"],
      ["data/sub/é", 0o644, 2, "file"],
    ]);
  });

  it("streams files larger than a chunk among small ones", async () => {
    const large = Buffer.alloc(3 * 1024 * 1024 + 7, "0123456789");
    const content: Record<string, Buffer> = { "m-large": large, "z-large": large };
    for (let i = 0; i < 40; i++) content[`${i % 2 ? "a" : "x"}${i}`] = Buffer.from(String(i));
    const target = folderOf({});
    const bytes = await archive(folderOf(content));
    execFileSync("tar", ["-xf", "-", "-C", target], { input: bytes });
    assert.ok(readFileSync(join(target, "data/m-large")).equals(large));
    assert.equal(readdirSync(join(target, "data")).length, 42);
  });

  describe("notices that a file", () => {
    const changes: Record<string, (path: string) => void> = {
      grew: (path) => appendFileSync(path, "more"),
      shrank: (path) => truncateSync(path, 10),
      "has other content of the same size": (path) => {
        writeFileSync(path, Buffer.alloc(statSync(path).size, 1));
        utimesSync(path, 5, 5);
      },
      "is gone": (path) => rmSync(path),
      "became a link": (path) => {
        rmSync(path);
        symlinkSync("/etc/hosts", path);
      },
      "became a folder": (path) => {
        rmSync(path);
        mkdirSync(path);
      },
      "was replaced": (path) => {
        const { size, atime, mtime } = statSync(path);
        writeFileSync(`${path}.new`, Buffer.alloc(size));
        rmSync(path);
        writeFileSync(path, Buffer.alloc(size));
        utimesSync(path, atime, mtime);
      },
    };
    for (const [what, change] of Object.entries(changes)) {
      for (const size of [100, 3_000_000]) {
        it(`${what} (${size} bytes)`, async () => {
          const folder = folderOf({ "a/file": Buffer.alloc(size) });
          const entries = await list(folder);
          change(join(folder, "a/file"));
          await assert.rejects(collect(tarChunks(entries)), {
            code: "SOURCE_CHANGED",
            path: join(basename(folder), "a/file"),
            property: "layers[0].directory",
          });
        });
      }
    }

    it("shrinks while it is read", async () => {
      const folder = folderOf({ file: Buffer.alloc(5_000_000) });
      const chunks = tarChunks(await list(folder));
      for (let i = 0; i < 3; i++) await chunks.next();
      truncateSync(join(folder, "file"), 1_500_000);
      await assert.rejects(collect(chunks), { code: "SOURCE_CHANGED" });
    });
  });

  it("ends at an abort and closes what it opened", async () => {
    const folder = folderOf({ a: Buffer.alloc(9_000_000), b: "x", c: "y" });
    const before = openFiles();
    const aborted = new AbortController();
    const chunks = tarChunks(await list(folder), { signal: aborted.signal });
    for (let i = 0; i < 3; i++) await chunks.next();
    aborted.abort();
    await assert.rejects(collect(chunks), { name: "AbortError" });
    const left = tarChunks(await list(folder));
    for (let i = 0; i < 3; i++) await left.next();
    await left.return();
    assert.equal(openFiles(), before);
  });
});

function openFiles(): number {
  return readdirSync("/proc/self/fd").length;
}
