import { execFile } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import type { PackedArtifact } from "../../provider/artifact/assembleArtifact.js";
import { packArtifact } from "../../provider/artifact/packArtifact.js";
import type { KnownLayer } from "../../provider/artifact/packBytes.js";
import { packMemo } from "../../provider/artifact/packMemo.js";
import { numbers, randomBytes, textBytes } from "../golden/content.js";

export interface PackBenchOptions {
  /** Default 10,000 files, 460 MiB together. */
  readonly files?: number;
  readonly bytes?: number;
  /** The `oras` command to compare with, if there is one. */
  readonly oras?: string | undefined;
}

/** Milliseconds, unless the name says otherwise. */
export interface PackBenchResult {
  readonly files: number;
  readonly bytes: number;
  readonly compressedBytes: number;
  /** `check` of a folder that nobody has packed before. */
  readonly changed: number;
  /** From there to the compressed layer in a file: what `create` adds, without the network. */
  readonly changedSent: number;
  /** `check` of an unchanged folder in a new process. */
  readonly unchanged: number;
  /** Peak resident memory of this process, in bytes. */
  readonly peakMemoryBytes: number;
  /** `oras push` of the same folder to a local layout: the whole command, without a network too. */
  readonly oras?: number;
}

/** Packs a folder of many files, first unknown, then unchanged, beside `oras push`. */
export async function packBench(options: PackBenchOptions = {}): Promise<PackBenchResult> {
  const { files = 10_000, bytes = 460 * 1024 * 1024 } = options;
  const folder = await mkdtemp(join(tmpdir(), "pulumi-acr-bench-"));
  let peak = 0;
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 20);
  try {
    await makeTree(join(folder, "tree"), files, bytes);
    await packMemo.clear();
    const [changed, packed] = await timed(() => pack(folder));
    const [changedSent] = await timed(() => send(packed, join(folder, "layer")));
    await packMemo.clear();
    const [unchanged] = await timed(() => pack(folder, packed.layerDescriptors));
    const sizes = { files, bytes, compressedBytes: packed.layerDescriptors[0]?.size ?? 0 };
    const ours = { ...sizes, changed, changedSent, unchanged, peakMemoryBytes: peak };
    if (options.oras === undefined) return ours;
    return { ...ours, oras: await timeOras(options.oras, folder) };
  } finally {
    clearInterval(watch);
    await rm(folder, { recursive: true, force: true });
  }
}

/** Four files of five are text, the fifth is as if compressed already. */
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

async function pack(baseDirectory: string, known?: readonly KnownLayer[]): Promise<PackedArtifact> {
  const layers = [{ directory: "tree" }];
  return await packArtifact({ artifactType: "application/x", layers }, { baseDirectory, known });
}

async function send(packed: PackedArtifact, path: string): Promise<void> {
  const layer = packed.blobs[1];
  if (layer !== undefined) await pipeline(await layer.open(), createWriteStream(path));
}

async function timeOras(oras: string, cwd: string): Promise<number> {
  const command = ["push", "--oci-layout", "layout:bench", "tree"];
  const [time] = await timed(() => promisify(execFile)(oras, command, { cwd }));
  return time;
}

async function timed<T>(task: () => Promise<T>): Promise<[number, T]> {
  const started = performance.now();
  const outcome = await task();
  return [Math.round(performance.now() - started), outcome];
}
