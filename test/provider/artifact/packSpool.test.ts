import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import fs from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "mocha";
import { Spool } from "../../../provider/artifact/packSpool.js";
import { PackMemo } from "../../../provider/artifact/packMemo.js";
import { digestOf } from "../../../provider/oci/digest.js";
import { collect } from "../tar/archives.js";
import { folderOf } from "../tar/folders.js";
import { closedThenFailing, inPieces, withHandles } from "./failingHandles.js";

async function spoolIn(folder: string): Promise<Spool> {
  return (await Spool.create(folder)) ?? assert.fail("no spool");
}

describe("Spool", () => {
  it("keeps content in a file without a name", async () => {
    const folder = folderOf({});
    const spool = await spoolIn(folder);
    for (const text of ["one ", "two"]) await spool.append(Buffer.from(text));
    assert.deepEqual(readdirSync(folder), []);
    for (const _ of ["first", "second"]) {
      assert.equal(String(await collect(spool.read())), "one two", _);
    }
    await spool.discard();
    assert.equal(spool.isUsable(), false);
  });

  it("stays readable for a current reader after it is discarded", async () => {
    const spool = await spoolIn(folderOf({}));
    await spool.append(Buffer.alloc(3_000_000, 1));
    const reading = spool.read();
    const first = await reading.next();
    await spool.discard();
    const rest = await collect(reading);
    assert.equal((first.value?.length ?? 0) + rest.length, 3_000_000);
  });

  it("is absent, without an error, if nothing can be written", async () => {
    assert.equal(await Spool.create(join(folderOf({}), "none")), undefined);
  });

  it("gives up if writing fails", async () => {
    const spool = await spoolIn(folderOf({}));
    await spool.append(Buffer.from("bytes"));
    assert.equal(spool.isUsable(), true);
    await spool.append("not bytes" as never);
    assert.equal(spool.isUsable(), false);
    await spool.append(Buffer.from("ignored"));
  });
});

describe("Spool, where the disk fails", () => {
  const failing = (code: string) => () => Promise.reject(Object.assign(new Error(code), { code }));

  it("leaves no file behind that could not be unlinked at first", async () => {
    const folder = folderOf({});
    const { unlink } = fs;
    fs.unlink = (path) => {
      fs.unlink = unlink;
      return failing("EBUSY")().then(() => unlink(path));
    };
    try {
      assert.equal(await Spool.create(folder), undefined);
    } finally {
      fs.unlink = unlink;
    }
    assert.deepEqual(readdirSync(folder), []);
  });

  it("is absent, without an error, where the file cannot be closed either", async () => {
    const { unlink } = fs;
    fs.unlink = failing("EBUSY");
    try {
      const created = withHandles(closedThenFailing, () => Spool.create(folderOf({})));
      assert.equal(await created, undefined);
    } finally {
      fs.unlink = unlink;
    }
  });

  it("is discarded without an error where the file cannot be closed", async () => {
    const spool = await spoolIn(folderOf({}));
    await spool.append(Buffer.from("bytes"));
    await withHandles(closedThenFailing, () => spool.discard());
    assert.equal(spool.isUsable(), false);
  });

  it("keeps all of what is written in pieces", async () => {
    const spool = await spoolIn(folderOf({}));
    await withHandles(inPieces(7), () => spool.append(Buffer.from("0123456789".repeat(9))));
    assert.equal(String(await collect(spool.read())), "0123456789".repeat(9));
    await spool.discard();
  });

  it("gives up where nothing more is written", async () => {
    const spool = await spoolIn(folderOf({}));
    await withHandles(inPieces(0), () => spool.append(Buffer.from("bytes")));
    assert.equal(spool.isUsable(), false);
  });

  for (const [how, read] of Object.entries({
    "nothing is left": () => Promise.resolve({ bytesRead: 0 }),
    "it cannot be read": failing("EIO"),
  })) {
    it(`ends, and gives up, where ${how}`, async () => {
      const spool = await spoolIn(folderOf({}));
      await spool.append(Buffer.from("bytes"));
      const bytes = await withHandles(
        () => ({ read }),
        () => collect(spool.read()),
      );
      assert.deepEqual([bytes.length, spool.isUsable()], [0, false]);
    });
  }
});

describe("PackMemo", () => {
  const key = (number: number) => ({ tarDigest: digestOf(String(number)), compressor: "c" });

  it("forgets the oldest", async () => {
    const memo = new PackMemo();
    for (let i = 0; i < 300; i++) await memo.remember(key(i), { digest: digestOf("x"), size: i });
    assert.deepEqual(
      [memo.size, memo.find(key(0)), memo.find(key(299))?.size],
      [256, undefined, 299],
    );
  });

  it("gives back the space of the oldest spools, and of all when cleared", async () => {
    const memo = new PackMemo();
    const folder = folderOf({});
    const spools = await Promise.all(Array.from({ length: 40 }, () => spoolIn(folder)));
    for (const [i, spool] of spools.entries()) {
      await memo.remember(key(i), { digest: digestOf("x"), size: i, spool });
    }
    assert.equal(spools.filter((spool) => spool.isUsable()).length, 32);
    assert.equal(spools[0]?.isUsable(), false);
    await memo.clear();
    assert.equal(
      spools.some((spool) => spool.isUsable()),
      false,
    );
  });
});
