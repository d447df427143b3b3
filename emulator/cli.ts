#!/usr/bin/env node
import { type Command, help, readCommandLine } from "./commandLine.js";
import { errorMessage } from "./failures.js";
import { instructions } from "./instructions.js";
import type { EmulatorOptions } from "./options.js";
import { type Emulator, startEmulator } from "./startEmulator.js";

type EmulatorCommand = Extract<Command, { verb: "emulator" }>;

/** Exit codes: 0 done, 1 could not start, 2 the command line is wrong. */
async function main(argv: readonly string[]): Promise<void> {
  const command = readCommandLine(argv);
  if (command.verb === "help") {
    process.stdout.write(help);
  } else if (command.verb === "wrong") {
    process.stderr.write(`pulumi-acr: ${command.message}\n\n${help}`);
    process.exitCode = 2;
  } else {
    await runEmulator(command);
  }
}

async function runEmulator({ options, configFile }: EmulatorCommand): Promise<void> {
  let emulator: Emulator | undefined;
  const stop = (): void => {
    // Before it listens, there is nothing to close: the end of the process cleans up.
    if (emulator === undefined) process.exit(0);
    emulator.close().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`pulumi-acr: The emulator did not stop cleanly: ${String(error)}\n`);
        process.exit(1);
      },
    );
  };
  // SIGHUP: the terminal was closed.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, stop);
  try {
    emulator = await startEmulator({ ...(await optionsIn(configFile)), ...options });
  } catch (error) {
    process.stderr.write(`pulumi-acr: The emulator did not start: ${errorMessage(error)}\n`);
    process.exitCode = error instanceof RangeError ? 2 : 1;
    return;
  }
  process.stdout.write(instructions(emulator));
}

async function optionsIn(file: string | undefined): Promise<EmulatorOptions> {
  if (file === undefined) return {};
  // The schema library is slow to load, so it is loaded only when needed.
  const { readConfigFile } = await import("./configFile.js");
  return readConfigFile(file);
}

void main(process.argv.slice(2));
