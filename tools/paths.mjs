// Places in a checkout. Runs before `npm ci`: Node's own modules only, Node 18 and later.
import { existsSync, statSync } from "node:fs";
import { delimiter, dirname, join, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/** The folder of what these tools install or build; ignored by git. */
export const toolsFolder = join(root, ".tools");

/** The folder of installed foreign clients. */
export const toolsBin = join(toolsFolder, "bin");

/** The folder of a Pulumi CLI that this checkout installed or built. */
export const pulumiFolder = join(toolsFolder, "pulumi");

const executableSuffix = process.platform === "win32" ? ".exe" : "";

/**
 * The Node that the lock file pins, or the running one where the pinned one is not installed.
 * @returns {string}
 */
export function pinnedNode() {
  const pinned = join(root, "node_modules", "node", "bin", `node${executableSuffix}`);
  return existsSync(pinned) ? pinned : process.execPath;
}

/**
 * The folders of a PATH, without those inside this checkout: what the machine itself offers.
 * @returns {string[]}
 */
export function machinePath() {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.filter((folder) => !resolve(folder).startsWith(root + sep));
}

/**
 * The machine's environment for a program of this checkout: the given folders and the pinned toolchain come
 * first on PATH, and nothing says any more that npm is running a script, which a nested npm would take as its own.
 * @param {{ first?: string[], pinned?: boolean }} [options]
 * @returns {NodeJS.ProcessEnv}
 */
export function cleanEnvironment({ first = [], pinned = true } = {}) {
  const ofScript = /^npm_(package|lifecycle)_|^npm_(command|config_local_prefix|execpath)$/u;
  const kept = Object.entries(process.env).filter(([name]) => !ofScript.test(name));
  const toolchain = pinned ? [join(root, "node_modules", ".bin")] : [];
  const path = [...first, ...toolchain, ...machinePath()].join(delimiter);
  return { ...Object.fromEntries(kept), PATH: path };
}

/**
 * The first file of that name with the run bit on the given folders.
 * @param {string} name
 * @param {string[]} folders
 * @returns {string | undefined}
 */
export function findCommand(name, folders = machinePath()) {
  const candidates = folders.map((folder) => join(folder, name + executableSuffix));
  return candidates.find((candidate) => {
    const status = statSync(candidate, { throwIfNoEntry: false });
    return status?.isFile() === true && (executableSuffix !== "" || (status.mode & 0o111) !== 0);
  });
}
