// Debian's packages without installing them: unpacked with what they need into a folder. Node's own modules only.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { findCommand } from "./paths.mjs";
import { progress } from "./progress.mjs";
import { ToolError, run } from "./run.mjs";

/**
 * @typedef {object} Unpacked
 * @property {string} version
 * @property {string[]} command How to start it from where it was unpacked.
 */

/**
 * Unpacks a package, and those it needs that the machine lacks, into `folder`. The system itself is left as it
 * is: no service is started, no user is made. Only the package lists are refreshed, if need be and allowed.
 * @param {string} name
 * @param {string} folder
 * @returns {Promise<Unpacked>}
 */
export async function unpackDebianPackage(name, folder) {
  if (findCommand("apt-get") === undefined) throw new ToolError("there is no apt-get here");
  const fresh = `${folder}.new`;
  const archives = join(fresh, "archives");
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(archives, { recursive: true });
  const line = progress(`downloading Debian's ${name}`);
  const packages = (await download(name, archives)) ?? (await downloadAfterUpdate(name, archives));
  line.done();
  for (const archive of readdirSync(archives)) await unpack(join(archives, archive), fresh);
  rmSync(archives, { recursive: true });
  rmSync(folder, { recursive: true, force: true });
  renameSync(fresh, folder);
  return { version: packages.get(name) ?? "?", command: commandOf(name, folder) };
}

/**
 * @param {string} name
 * @param {string} archives
 * @returns {Promise<Map<string, string> | undefined>} Versions by package; undefined if the lists are missing or old.
 */
async function download(name, archives) {
  const plan = await run("apt-get", ["install", "--simulate", "--no-install-recommends", name]);
  const packages = new Map();
  for (const [, wanted, version] of plan.stdout.matchAll(/^Inst (\S+) (?:\[\S+\] )?\((\S+)/gmu)) {
    packages.set(wanted, version);
  }
  if (plan.code !== 0 || packages.size === 0) return undefined;
  const exact = [...packages].map(([wanted, version]) => `${wanted}=${version}`);
  const got = await run("apt-get", ["download", ...exact], { cwd: archives });
  return got.code === 0 ? packages : undefined;
}

/**
 * @param {string} name
 * @param {string} archives
 */
async function downloadAfterUpdate(name, archives) {
  const update = await run("apt-get", ["update"]);
  const packages = await download(name, archives);
  if (packages !== undefined) return packages;
  throw new ToolError(
    `apt-get found no ${name} to download, also after \`apt-get update\`:\n${update.all.trimEnd()}`,
  );
}

/**
 * @param {string} archive
 * @param {string} folder
 */
async function unpack(archive, folder) {
  const { code, all } = await run("dpkg-deb", ["--extract", archive, folder]);
  if (code !== 0) throw new ToolError(`dpkg-deb could not unpack ${archive}: ${all.trimEnd()}`);
}

/**
 * @param {string} name
 * @param {string} folder
 */
function commandOf(name, folder) {
  const libraries = ["usr/lib", "lib"].map((path) => join(folder, path)).flatMap(withTriplet);
  const start = ["/usr/bin/env", `LD_LIBRARY_PATH=${libraries.join(":")}`];
  // Otherwise it would read its policy in /etc, where nothing is installed.
  const policy = join(folder, "etc", "containers", "policy.json");
  const options = name === "skopeo" && existsSync(policy) ? ["--policy", policy] : [];
  return [...start, join(folder, "usr", "bin", name), ...options];
}

/** A library folder and those below it that are named after a machine. @param {string} folder */
function withTriplet(folder) {
  if (!existsSync(folder)) return [];
  const below = readdirSync(folder).filter((name) => name.includes("-linux-"));
  return [folder, ...below.map((name) => join(folder, name))];
}
