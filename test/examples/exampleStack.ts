import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Stack } from "@pulumi/pulumi/automation";
import type { Emulator } from "pulumi-acr/emulator";
import { checkout } from "../../tools/installed.js";
import { createProgramStack } from "../support/programStack.js";
import type { TemporaryFolder } from "../support/temporaryFolder.js";

/**
 * A stack on the real engine of the program in these files or folders of the checkout, copied to a folder of its own: a
 * stack writes its settings beside its program.
 */
export async function createStack(
  folder: TemporaryFolder,
  emulator: Emulator,
  copied: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Stack> {
  const workDir = join(folder.path, "project");
  mkdirSync(workDir);
  for (const path of copied) {
    cpSync(join(checkout, path), target(workDir, path, copied), {
      recursive: true,
      filter: isPublic,
    });
  }
  return createProgramStack(folder, emulator, environment);
}

/** A single folder becomes the project; several paths keep their relative places. */
function target(workDir: string, path: string, copied: readonly string[]): string {
  return copied.length === 1 ? workDir : join(workDir, path);
}

/** Leaves out settings and dependencies of somebody who tried an example by hand. */
function isPublic(path: string): boolean {
  return !/(?:node_modules|Pulumi\.[^/\\]+\.yaml)$/u.test(path);
}
