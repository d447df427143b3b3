// Lets one process at a time do a step. Runs before `npm ci`: Node's own modules only.
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { toolsFolder } from "./paths.mjs";

/**
 * Runs `step` while no other process of this checkout runs one of the same name; others wait and then
 * run theirs, which finds the work done. A lock whose process is gone is taken over.
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} step
 * @returns {Promise<T>}
 */
export async function exclusively(name, step) {
  mkdirSync(toolsFolder, { recursive: true });
  const lock = join(toolsFolder, `${name}.lock`);
  let told = false;
  while (!acquire(lock)) {
    const holder = holderOf(lock);
    if (holder !== undefined && !isAlive(holder)) {
      rmSync(lock, { force: true });
      continue;
    }
    if (!told) process.stderr.write(`waiting for process ${holder ?? "?"} (${name})\n`);
    told = true;
    await sleep(200);
  }
  const release = () => {
    if (holderOf(lock) === process.pid) rmSync(lock, { force: true });
  };
  // Releases the lock even if a signal ends the process.
  process.once("exit", release);
  try {
    return await step();
  } finally {
    process.off("exit", release);
    release();
  }
}

/**
 * A link is created atomically, so that no process reads a lock without its owner.
 * @param {string} lock
 */
function acquire(lock) {
  const mine = `${lock}.${process.pid}`;
  writeFileSync(mine, String(process.pid));
  try {
    linkSync(mine, lock);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(mine, { force: true });
  }
}

/**
 * @param {string} lock
 * @returns {number | undefined}
 */
function holderOf(lock) {
  try {
    return Number(readFileSync(lock, "utf8"));
  } catch {
    // Released between the two checks.
    return undefined;
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: the process exists and belongs to another user.
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM";
  }
}
