import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { Spool } from "../../../provider/artifact/packSpool.js";
import { PackMemo } from "../../../provider/artifact/packMemo.js";
import { digestOf } from "../../../provider/oci/digest.js";
import { collect } from "../tar/archives.js";
import { folderOf } from "../tar/folders.js";

async function spoolIn(folder: string): Promise<Spool> {
  return (await Spool.create(folder)) ?? assert.fail("no spool");
}

describe("Spool", () => {
  it("keeps content under no name", async () => {
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

  it("is there for who reads it, even if it is discarded meanwhile", async () => {
    const spool = await spoolIn(folderOf({}));
    await spool.append(Buffer.alloc(3_000_000, 1));
    const reading = spool.read();
    const first = await reading.next();
    await spool.discard();
    const rest = await collect(reading);
    assert.equal((first.value?.length ?? 0) + rest.length, 3_000_000);
  });

  it("is absent, without an error, where nothing can be written", async () => {
    assert.equal(await Spool.create(join(folderOf({}), "none")), undefined);
  });

  it("gives up where writing fails", async () => {
    const spool = await spoolIn(folderOf({}));
    await spool.append(Buffer.from("bytes"));
    assert.equal(spool.isUsable(), true);
    await spool.append("not bytes" as never);
    assert.equal(spool.isUsable(), false);
    await spool.append(Buffer.from("ignored"));
  });
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
