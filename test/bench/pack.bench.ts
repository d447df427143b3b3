import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { numbers, randomBytes, textBytes } from "../golden/content.js";
import { TemporaryFolder } from "../support/temporaryFolder.js";
import { measure } from "./measure.js";
import type { PackedFolder } from "./packFolder.js";

export interface PackBenchOptions {
  readonly files: number;
  /** Approximate size of all files together. */
  readonly bytes: number;
  /** The `oras` command to compare with, if there is one. */
  readonly oras: string | undefined;
}

export interface PackBenchRow {
  readonly what: string;
  readonly seconds: number;
  /** Peak memory of the process that did the work. */
  readonly memoryMiB: number | undefined;
}

/** Packs a folder of many files, first unknown, then unchanged, beside `oras push` to a local layout. */
export async function packBench(options: PackBenchOptions): Promise<readonly PackBenchRow[]> {
  const folder = new TemporaryFolder();
  try {
    await makeTree(join(folder.path, "tree"), options.files, options.bytes);
    const rows = await packTwice(folder.path);
    if (options.oras === undefined) return rows;
    return [...rows, await packByOras(options.oras, folder.path)];
  } finally {
    folder.remove();
  }
}

/** Four of five files are text; the fifth is incompressible. */
async function makeTree(folder: string, files: number, bytes: number): Promise<void> {
  const text = textBytes(8 * 1024 * 1024);
  const noise = randomBytes(8 * 1024 * 1024);
  const source = numbers(42);
  for (let file = 0; file < files; file++) {
    const size = source.next().value % Math.floor((2 * bytes) / files);
    const content = file % 5 === 4 ? noise : text;
    const from = source.next().value % (content.length - size);
    const place = join(folder, `part${Math.floor(file / 100)}`, file % 2 === 0 ? "even" : "odd");
    if (file % 100 < 2) await mkdir(place, { recursive: true });
    await writeFile(join(place, `file${file}.txt`), content.subarray(from, from + size));
  }
}

async function packTwice(folder: string): Promise<readonly PackBenchRow[]> {
  const { packed: changed, memoryMiB } = await pack(folder);
  const unchanged = await pack(folder, JSON.stringify(changed.layers));
  const sent = changed.packSeconds + (changed.sendSeconds ?? NaN);
  return [
    { what: "changed", seconds: changed.packSeconds, memoryMiB },
    { what: "changed, and read for sending", seconds: sent, memoryMiB },
    {
      what: "unchanged",
      seconds: unchanged.packed.packSeconds,
      memoryMiB: unchanged.memoryMiB,
    },
  ];
}

interface Packing {
  readonly packed: PackedFolder;
  readonly memoryMiB: number | undefined;
}

async function pack(folder: string, ...layers: readonly string[]): Promise<Packing> {
  const command = [process.execPath, join(__dirname, "packFolder.js"), folder, ...layers];
  const { output, memoryMiB } = await measure(command, { home: folder });
  const [printed = ""] = output.split("\n");
  return { packed: JSON.parse(printed) as PackedFolder, memoryMiB };
}

async function packByOras(oras: string, folder: string): Promise<PackBenchRow> {
  const command = [oras, "push", "--oci-layout", "layout:bench", "tree"];
  const { seconds, memoryMiB } = await measure(command, { home: folder, directory: folder });
  return { what: "oras push of the folder, whole command", seconds, memoryMiB };
}
