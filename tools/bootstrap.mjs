// Installs the dependencies of a bare clone. Runs before `npm ci`: Node's own modules only, Node 18 and later.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { exclusively } from "./exclusive.mjs";
import { cleanEnvironment, findCommand, pinnedNode, root } from "./paths.mjs";
import { ToolError, runMain, runQuietly } from "./run.mjs";

/**
 * Makes `node_modules` be what the lock file says. Costs milliseconds when it already is.
 */
export async function bootstrap() {
  if (!isInstalled()) await exclusively("npm-ci", install);
}

async function install() {
  if (isInstalled()) return;
  // Uses the machine's Node, because `npm ci` is about to remove the pinned one.
  const node = findCommand("node") ?? process.execPath;
  const npm = process.env["npm_execpath"];
  const [command, ...first] = npm?.endsWith(".js") === true ? [node, npm] : ["npm"];
  const args = [...first, "ci", "--no-audit", "--no-fund", "--loglevel=error"];
  await runQuietly("installing the pinned dependencies (npm ci)", command ?? "npm", args, {
    env: cleanEnvironment({ pinned: false }),
  });
  if (pinnedNode() === process.execPath) checkOwnNode();
}

/** The pinned Node is put in place by an install script, which some settings of npm forbid. */
function checkOwnNode() {
  const major = Number(process.versions.node.split(".")[0]);
  if (major >= 22) return;
  throw new ToolError(
    `Node ${process.versions.node} is too old (22 or later is needed), and the pinned Node is not in ` +
      "node_modules: the install script of the package `node` was not run. " +
      "Allow it with `npm rebuild node`, or use Node 22 or later.",
  );
}

/**
 * Whether every package of the lock file is installed in exactly that version. npm keeps its own account of
 * what it installed in node_modules/.package-lock.json and writes it last, so an interrupted install has none.
 * @param {string} folder
 */
export function isInstalled(folder = root) {
  const account = join(folder, "node_modules", ".package-lock.json");
  if (!existsSync(account)) return false;
  const wanted = packagesOf(join(folder, "package-lock.json"));
  const installed = packagesOf(account);
  return Object.entries(wanted).every(([path, entry]) => {
    // Skips the root and packages for other systems.
    if (path === "" || entry.optional === true || entry.devOptional === true) return true;
    return installed[path]?.version === entry.version && installed[path]?.link === entry.link;
  });
}

/**
 * @param {string} file
 * @returns {Record<string, { version?: string, link?: boolean, optional?: boolean, devOptional?: boolean }>}
 */
function packagesOf(file) {
  return JSON.parse(readFileSync(file, "utf8")).packages ?? {};
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await runMain(bootstrap);
