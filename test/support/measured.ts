import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";

const PEAK_MEMORY = require.resolve("./peakMemory.js");

/** The result of a separate program. */
export interface Measured<Result> {
  readonly result: Result;
  /** Peak memory in addition to that at its start, in MiB. */
  readonly grownMib: number;
}

export interface MeasuredOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** Limit of files and sockets that are open at once. */
  readonly descriptors?: number;
  /** Limit of a file's size in KiB; beyond it, the disk seems full. */
  readonly fileKib?: number;
}

/**
 * Runs the function `run` of a compiled module in a separate process, because memory and
 * descriptors are measured per process, and the tests' process has used others.
 */
export async function measured<Result>(
  module: string,
  argument: unknown,
  { environment = {}, descriptors, fileKib }: MeasuredOptions = {},
): Promise<Measured<Result>> {
  const command = [process.execPath, "--enable-source-maps", "-e", program(module)];
  // A shell sets the limits and then becomes the program.
  const limits = [
    ...(descriptors === undefined ? [] : [`ulimit -n ${descriptors}; `]),
    // In blocks of 512 bytes (POSIX, ulimit).
    ...(fileKib === undefined ? [] : [`ulimit -f ${fileKib * 2}; `]),
  ].join("");
  const child = spawn("/bin/sh", ["-c", `${limits}exec "$@"`, "sh", ...command], {
    env: { ...process.env, ...environment },
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdin.end(JSON.stringify(argument));
  const [output, [code]] = await Promise.all([
    text(child.stdout),
    once(child, "exit") as Promise<[number | null]>,
  ]);
  assert.equal(code, 0, `the program failed: ${output}`);
  return JSON.parse(output) as Measured<Result>;
}

/** The argument is passed by standard input, because a command line has a size limit. */
function program(module: string): string {
  return `
    const { run } = require(${JSON.stringify(module)});
    const { peakMib } = require(${JSON.stringify(PEAK_MEMORY)});
    const { json } = require("node:stream/consumers");
    json(process.stdin).then(async (argument) => {
      const before = peakMib();
      const result = await run(argument);
      process.stdout.write(JSON.stringify({ result, grownMib: peakMib() - before }));
    }).catch((error) => {
      console.error(error.message);
      process.exitCode = 1;
    });`;
}
