import { rmSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { errorCode } from "../failures.js";
import { lockFolder } from "./folderLock.js";

/** The folder in which an emulator keeps its content. */
export interface EmulatorFolder {
  readonly path: string;
  /** Deletes a temporary folder; unlocks a lasting one. */
  leave(): Promise<void>;
}

/** Temporary folders in use. Those that a program does not close are deleted when it ends. */
const temporary = new Set<string>();

process.on("exit", () => {
  for (const path of temporary) rmSync(path, { recursive: true, force: true });
});

/** Opens the data directory, which is created if needed; without one, a new temporary folder. */
export async function enterFolder(dataDirectory: string | undefined): Promise<EmulatorFolder> {
  if (dataDirectory === undefined) {
    const path = await mkdtemp(join(tmpdir(), "acr-emulator-"));
    temporary.add(path);
    return {
      path,
      leave: async () => {
        await rm(path, { recursive: true, force: true });
        temporary.delete(path);
      },
    };
  }
  const path = resolve(dataDirectory);
  await make(path);
  const unlock = lockFolder(path);
  return {
    path,
    leave: () => {
      unlock();
      return Promise.resolve();
    },
  };
}

async function make(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    const code = errorCode(error);
    const reason =
      code === "EEXIST" || code === "ENOTDIR" ? "a file is in its place" : String(error);
    throw new Error(`The data directory ${path} cannot be created: ${reason}.`, { cause: error });
  }
}
