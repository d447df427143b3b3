import { writeFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { foreignTool } from "../../tools/installed.js";
import { packBench } from "./pack.bench.js";
import { pushBench, type PushBenchRow } from "./push.bench.js";
import { type Cell, printTable } from "./table.js";

const MIB = 1024 * 1024;
const HELP = `npm run bench [-- [push | pack] [--quick] [--json <file>]]

  push     a random file of 256 MiB to docker-registry, five times, then 2 GiB once, for the memory
  pack     a folder of 10,000 files, 460 MiB: changed, and unchanged
  --quick  small sizes, to see that everything works
  --json   the figures, for machines`;

interface Arguments {
  readonly what: string;
  readonly quick: boolean;
  readonly json: string | undefined;
}

const BENCHES: Readonly<Record<string, (quick: boolean) => Promise<object>>> = {
  push: benchPush,
  pack: benchPack,
};

async function main(): Promise<number> {
  const { what, quick, json } = readArguments(process.argv.slice(2));
  const bench = BENCHES[what];
  if (bench === undefined) {
    console.log(HELP);
    return what === "help" ? 0 : 1;
  }
  const machine = {
    processors: availableParallelism(),
    model: cpus()[0]?.model,
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
  };
  console.log(`${machine.processors} × ${machine.model}, Node ${machine.node}`);
  const figures = { machine, [what]: await bench(quick) };
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(figures, undefined, 2)}\n`);
  return 0;
}

function readArguments(args: readonly string[]): Arguments {
  const json = args.indexOf("--json");
  const isValue = (index: number): boolean => json >= 0 && index === json + 1;
  const words = args.filter((arg, index) => !arg.startsWith("-") && !isValue(index));
  return {
    what: args.includes("--help") ? "help" : (words[0] ?? "push"),
    quick: args.includes("--quick"),
    json: json < 0 ? undefined : args[json + 1],
  };
}

async function benchPush(quick: boolean): Promise<object> {
  const size = quick ? 4 : 256;
  const rounds = quick ? 1 : 5;
  console.log(`\nPush of ${size} MiB to docker-registry, medians of ${rounds}`);
  const speed = await pushBench({ mebibytes: size, rounds });
  printPush(speed);
  const large = quick ? 8 : 2048;
  console.log(`\nPush of ${large} MiB, once: look at the memory`);
  const memory = await pushBench({ mebibytes: large, rounds: 1 });
  printPush(memory);
  return { mebibytes: size, rounds, speed, largeMebibytes: large, memory };
}

function printPush(rows: readonly PushBenchRow[]): void {
  const header = ["client", "from", "seconds", "ratio", "processor s", "peak MiB", "requests"];
  const cells = rows.map((row): readonly Cell[] => [
    row.client,
    row.from,
    row.seconds.toFixed(2),
    row.ratio.toFixed(2),
    row.processorSeconds?.toFixed(2),
    row.memoryMiB?.toFixed(0),
    row.requests,
  ]);
  printTable(header, cells);
}

async function benchPack(quick: boolean): Promise<object> {
  const { files, mebibytes } = quick
    ? { files: 200, mebibytes: 4 }
    : { files: 10_000, mebibytes: 460 };
  console.log(`\nPack of ${files} files, ${mebibytes} MiB`);
  const oras = foreignTool("oras").path;
  const rows = await packBench({ files, bytes: mebibytes * MIB, oras });
  const cells = rows.map(({ what, seconds, memoryMiB }): readonly Cell[] => [
    what,
    seconds.toFixed(2),
    memoryMiB?.toFixed(0),
  ]);
  printTable(["what", "seconds", "peak MiB"], cells);
  return { files, mebibytes, rows };
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
