import { spawn, type SpawnOptions } from "node:child_process";
import { existsSync } from "node:fs";

/** Resources that one command used. */
export interface Measurement {
  readonly seconds: number;
  /** Processor time, including children; absent without GNU time. */
  readonly processorSeconds?: number;
  /** Peak of the resident memory. */
  readonly memoryMiB?: number;
  /** Its output. */
  readonly output: string;
}

const GNU_TIME = "/usr/bin/time";
const FORMAT = "measured %U %S %M";
const MEASURED = /^measured (\S+) (\S+) (\d+)$/m;

/** Runs a command and measures it from start to exit. */
export async function measure(
  command: readonly string[],
  options: { readonly home: string; readonly directory?: string },
): Promise<Measurement> {
  const timed = existsSync(GNU_TIME) ? [GNU_TIME, "-f", FORMAT, ...command] : command;
  const [program = "", ...args] = timed;
  const env = { PATH: process.env["PATH"], HOME: options.home, DOCKER_CONFIG: options.home };
  const started = performance.now();
  const output = await run(program, args, { env, cwd: options.directory });
  const seconds = (performance.now() - started) / 1000;
  const [, user, system, kib] = MEASURED.exec(output) ?? [];
  if (kib === undefined) return { seconds, output };
  const processorSeconds = Number(user) + Number(system);
  return { seconds, output, processorSeconds, memoryMiB: Number(kib) / 1024 };
}

/** The middle value, or the mean of the two middle values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.slice(
    Math.floor((sorted.length - 1) / 2),
    Math.floor(sorted.length / 2) + 1,
  );
  return middle.reduce((sum, value) => sum + value, 0) / middle.length;
}

/** Asynchronous, because this process also serves the registry. */
function run(program: string, args: readonly string[], options: SpawnOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    child.stdout.on("data", (data: Buffer) => (output += data.toString()));
    child.stderr.on("data", (data: Buffer) => (output += data.toString()));
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${[program, ...args].join(" ")} ended with ${code}:\n${output}`));
    });
  });
}
