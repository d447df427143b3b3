import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { after, before, describe, it } from "mocha";
import { pack } from "tar-stream";
import { hasCode } from "../../../provider/errors.js";
import { readEntries } from "../../../provider/tar/readEntries.js";
import { encodeHeader, type HeaderFields } from "../../../provider/tar/tarHeader.js";
import { readGolden } from "../../golden/golden.js";
import { TemporaryFolder } from "../../support/temporaryFolder.js";
import { longName, member, pax, tar } from "../../support/tarMembers.js";
import { archive, collect } from "./archives.js";

interface Read {
  readonly type: string;
  readonly name: string;
  readonly text: string;
}

async function* pieces(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += length) {
    yield await Promise.resolve(bytes.subarray(start, start + length));
  }
}

async function read(bytes: Uint8Array, pieceLength = 1000): Promise<Read[]> {
  const found: Read[] = [];
  for await (const entry of readEntries(pieces(bytes, pieceLength))) {
    const text = (await collect(entry.content())).toString();
    found.push({ type: entry.type, name: entry.name, text });
  }
  return found;
}

const LONG = `data/${"folder/".repeat(30)}file`;
const ZEROS = Buffer.alloc(512);
const END = Buffer.alloc(1024);
const BROKEN = (error: unknown): boolean => hasCode(error, "PROTOCOL");

describe("readEntries", function () {
  const folder = new TemporaryFolder();
  after(() => folder.remove());

  before(() => {
    mkdirSync(join(folder.path, "data", "folder/".repeat(30)), { recursive: true });
    writeFileSync(join(folder.path, LONG), "deep");
    writeFileSync(join(folder.path, "data/empty"), "");
    writeFileSync(join(folder.path, "data/größe.txt"), "Größe\n".repeat(1000));
    symlinkSync("empty", join(folder.path, "data/link"));
  });

  for (const format of ["gnu", "oldgnu", "pax", "posix"]) {
    it(`reads what GNU tar writes in the format ${format}`, async () => {
      const bytes = execFileSync("tar", [`--format=${format}`, "-cf", "-", "data"], {
        cwd: folder.path,
      });
      const entries = await read(bytes);
      const named = new Map(entries.map((entry) => [entry.name, entry]));
      assert.equal(entries.length, 35);
      assert.deepEqual(named.get(LONG), { type: "file", name: LONG, text: "deep" });
      assert.equal(named.get("data/empty")?.text, "");
      assert.equal(named.get("data/größe.txt")?.text, "Größe\n".repeat(1000));
      assert.equal(named.get("data/link")?.type, "symlink");
      assert.equal(named.get("data/")?.type, "directory");
    });
  }

  it("reads archives from before POSIX", async () => {
    const bytes = execFileSync("tar", ["--format=v7", "-cf", "-", "data/empty", "data/größe.txt"], {
      cwd: folder.path,
    });
    assert.deepEqual(
      (await read(bytes)).map(({ name }) => name),
      ["data/empty", "data/größe.txt"],
    );
  });

  it("reads what tar-stream writes, in pieces of any size", async () => {
    const packer = pack();
    packer.entry({ name: "data", type: "directory" });
    packer.entry({ name: "data/ä" }, "umlaut");
    packer.entry({ name: LONG }, "long");
    packer.entry({ name: "data/link", type: "symlink", linkname: "x".repeat(200) });
    packer.finalize();
    const bytes = await collect(packer as AsyncIterable<Uint8Array>);
    const whole = await read(bytes, bytes.length);
    assert.deepEqual(
      whole.map(({ type, name, text }) => `${type} ${name} ${text}`),
      ["directory data ", "file data/ä umlaut", `file ${LONG} long`, "symlink data/link "],
    );
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1500 }), async (length) => {
        assert.deepEqual(await read(bytes, length), whole);
      }),
      { numRuns: 25 },
    );
  });

  it("reads what we write ourselves", async () => {
    const entries = await read(await archive(join(folder.path, "data", "folder"), {}), 512);
    assert.deepEqual(entries.at(-1), {
      type: "file",
      name: `data/${"folder/".repeat(29)}file`,
      text: "deep",
    });
  });

  for (const fields of readGolden("tarHeaders.json") as (HeaderFields & { title: string })[]) {
    it(`reads Go's header of ${fields.title}`, async () => {
      for await (const entry of readEntries(pieces(encodeHeader(fields), 512))) {
        const { type, size, mode } = entry;
        assert.deepEqual({ type, size, mode }, { type: fields.type, size: fields.size, mode });
        assert.equal(mode, fields.mode);
        assert.equal(entry.name.replace(/\/$/, ""), fields.name.replace(/\/$/, ""));
        break;
      }
    });
  }

  it("skips unread content", async () => {
    const bytes = Buffer.concat([file("a", 1300), Buffer.alloc(1536, 1), file("b", 0), END]);
    const names: string[] = [];
    for await (const { name } of readEntries(pieces(bytes, 100))) names.push(name);
    assert.deepEqual(names, ["a", "b"]);
  });

  it("reads or refuses any bytes", async () => {
    const parts = fc.oneof(
      fc.uint8Array({ maxLength: 600 }),
      fc.constantFrom(member({ name: "a", body: "x" }), pax({ size: "9" }), longName("b"), ZEROS),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(parts, { maxLength: 6 }), async (bytes) => {
        const [result] = await Promise.allSettled([read(Buffer.concat(bytes))]);
        assert.ok(result.status === "fulfilled" || BROKEN(result.reason));
      }),
      { numRuns: 300 },
    );
  });

  it("closes the source when reading stops", async () => {
    let closed = false;
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield await Promise.resolve(file("a", 0));
      } finally {
        closed = true;
      }
    }
    for await (const { name } of readEntries(endless())) if (name === "a") break;
    assert.ok(closed);
  });

  describe("refuses", () => {
    const rows: readonly [name: string, bytes: Uint8Array, message: RegExp][] = [
      ["what is no archive", Buffer.alloc(1024, "not an archive "), /checksum/],
      ["a damaged header", damaged(file("a", 0), 3), /checksum/],
      ["the end within a header", file("a", 0).subarray(0, 300), /ends in the middle/],
      ["the end within content", Buffer.concat([file("a", 9), Buffer.alloc(4)]), /in the middle/],
      ["the end within padding", Buffer.concat([file("a", 9), Buffer.alloc(9)]), /in the middle/],
      [
        "an extended header without records",
        extended("x", "", 512),
        /in the middle|cannot be read/,
      ],
      ["records without length", extended("x", "path=a\n"), /cannot be read/],
      ["a record that is too long", extended("x", "99 path=a\n"), /cannot be read/],
      ["a name with NUL", extended("x", "10 path=\0\n"), /cannot be read/],
      ["a size that is none", extended("x", "11 size=-1\n"), /cannot be read/],
      ["an extended header of 2 MiB", sized("x", 2 << 20), /more than a name can need/],
      ["a long name of 2 MiB", sized("L", 2 << 20), /more than a name can need/],
      ["a global header that renames", extended("g", "10 path=a\n"), /global header/],
      ["GNU's sparse files", sized("S", 0), /sparse/],
      ["pax's sparse files", extended("x", "22 GNU.sparse.major=1\n"), /sparse/],
      ["a block of zeros in between", Buffer.concat([ZEROS, file("a", 0)]), /continues after/],
      ["another archive behind it", Buffer.concat([END, file("a", 0), END]), /continues after/],
      [
        "two extended headers for one entry",
        tar(pax({ path: "a" }), pax({ size: "0" }), {}),
        /two/,
      ],
      ["an extended header and GNU's long name", tar(pax({ path: "a" }), longName("b"), {}), /two/],
      ["a negative size", tar({ size: Buffer.alloc(12, 0xff) }), /size cannot be read/],
      ["a size of 2^90", tar({ size: Buffer.alloc(12, 0xbf) }), /size cannot be read/],
    ];
    for (const [name, bytes, message] of rows) {
      it(name, async () => {
        await assert.rejects(read(bytes), (error: Error) => {
          assert.match(error.message, message);
          return BROKEN(error);
        });
      });
    }

    it("every archive that was cut within an entry", async () => {
      const whole = Buffer.concat([file("a", 700), Buffer.alloc(1024, 1), file("b", 0)]);
      for (const length of [1, 511, 513, 1212, 1535, 1537, 2047]) {
        await assert.rejects(read(whole.subarray(0, length)), BROKEN);
      }
    });
  });
});

function file(name: string, size: number): Buffer {
  return encodeHeader({ type: "file", name, size, mode: 0o644 });
}

/** A header with another flag. */
function sized(flag: string, size: number): Buffer {
  const block = file("name", size);
  block.write(flag, 156, "latin1");
  block.fill(0x20, 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}

function extended(flag: string, records: string, size = Buffer.byteLength(records)): Buffer {
  const content = Buffer.alloc(records === "" ? 0 : 512);
  content.write(records);
  return Buffer.concat([sized(flag, size), content, file("a", 0)]);
}

function damaged(bytes: Buffer, at: number): Buffer {
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes;
}
