import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { errorCode } from "../failures.js";

const held = new Set<string>();

/**
 * Locks a data directory against a second emulator; returns the function that unlocks it. A lock is taken
 * over if its process is gone, or if an earlier process with our own process id left it.
 */
export function lockFolder(folder: string): () => void {
  const file = join(folder, "lock");
  const owner = ownerOf(file);
  if (owner !== undefined && isRunning(owner, file)) {
    throw new Error(
      `The data directory ${folder} is in use by the emulator with process id ${String(owner)}. ` +
        `Stop that emulator, or give another directory. If there is none, remove ${file}.`,
    );
  }
  rmSync(file, { force: true });
  writeFileSync(file, String(process.pid), { flag: "wx" });
  held.add(file);
  return () => {
    held.delete(file);
    rmSync(file, { force: true });
  };
}

function ownerOf(file: string): number | undefined {
  try {
    const owner = Number(readFileSync(file, "utf8"));
    return Number.isSafeInteger(owner) && owner > 0 ? owner : undefined;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

function isRunning(owner: number, file: string): boolean {
  if (owner === process.pid) return held.has(file);
  try {
    process.kill(owner, 0);
    return true;
  } catch (error) {
    // EPERM: the process runs as another user.
    return errorCode(error) === "EPERM";
  }
}
