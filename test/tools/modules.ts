import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { checkout } from "../../tools/installed.js";

/** A test's view of tools/exclusive.mjs. */
export interface Exclusive {
  exclusively<T>(name: string, step: () => Promise<T>): Promise<T>;
}

/** A test's view of tools/bootstrap.mjs. */
export interface Bootstrap {
  isInstalled(folder: string): boolean;
}

/** A test's view of tools/selection.mjs. */
export interface TestSelection {
  selectTests(args: readonly string[]): {
    readonly files: readonly string[];
    readonly options: readonly string[];
    readonly needsPulumi: boolean;
  };
}

/** A test's view of tools/start.mjs. */
export interface Start {
  programEnvironment(pulumi: string): NodeJS.ProcessEnv;
}

/** A test's view of tools/paths.mjs. */
export interface Paths {
  readonly toolsFolder: string;
  cleanEnvironment(options?: { first?: readonly string[]; pinned?: boolean }): NodeJS.ProcessEnv;
  findCommand(name: string, folders?: readonly string[]): string | undefined;
}

/** A test's view of tools/run.mjs. */
export interface Run {
  run(
    command: string,
    args: readonly string[],
    options?: { timeoutMs?: number },
  ): Promise<{ code: number; stdout: string; all: string }>;
}

/** Loads one of the tools, which are plain modules because they run before anything is compiled. */
export async function tool<Module>(name: string): Promise<Module> {
  return (await import(pathToFileURL(join(checkout, "tools", name)).href)) as Module;
}
