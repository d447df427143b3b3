// `npm run tools`: installs the foreign clients into .tools/, nothing outside it. Node's own modules only.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { clients, foreignTools, installedPath } from "./clients.mjs";
import { unpackDebianPackage } from "./debian.mjs";
import { exclusively } from "./exclusive.mjs";
import { cleanEnvironment, findCommand, root, toolsBin, toolsFolder } from "./paths.mjs";
import { ToolError, runMain, runQuietly } from "./run.mjs";

/** @typedef {import("./clients.mjs").Client} Client */

/** The installed versions. */
const record = join(toolsFolder, "clients.json");

/**
 * Installs missing clients; reports and skips those that cannot be installed here.
 * @returns {Promise<void>}
 */
export async function installForeignTools() {
  const missing = clients.filter((client) => !isInstalled(client));
  if (missing.length > 0) await exclusively("clients", installMissing);
}

async function installMissing() {
  mkdirSync(toolsBin, { recursive: true });
  const missing = clients.filter((client) => !isInstalled(client));
  const of = (/** @type {Client["from"]} */ from) =>
    missing.filter((client) => client.from === from);
  // Go uses all cores itself; the downloads of the others run at the same time.
  await Promise.all([
    inOrder(of("go"), installGo),
    inOrder(of("npm"), installNode),
    inOrder(of("npmLibrary"), installNpmLibrary),
    inOrder(of("pypi"), installPythonLibrary),
    inOrder(of("debian"), installDebian),
  ]);
}

/**
 * A client that cannot be installed does not stop the others; tests name it again.
 * @param {Client[]} some
 * @param {(client: Client) => Promise<void>} install
 */
async function inOrder(some, install) {
  for (const client of some) {
    try {
      await install(client);
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      process.stderr.write(`${client.name}: ${error.message}\n`);
    }
  }
}

/** @param {Client} client */
async function installGo(client) {
  if (findCommand("go") === undefined) throw new ToolError("there is no Go to build it with");
  const bin = join(toolsFolder, `go-${client.name}`);
  const args = ["install", "-trimpath", "-ldflags=-s -w", `${client.source}@${client.version}`];
  await runQuietly(`building ${client.name} ${client.version}`, "go", args, {
    env: { ...process.env, CGO_ENABLED: "0", GOWORK: "off", GOFLAGS: "", GOBIN: bin },
  });
  renameSync(join(bin, basename(client.source)), installedPath(client));
  rmSync(bin, { recursive: true, force: true });
  remember(client.name, client.version);
}

/** @param {Client} client */
async function installNode(client) {
  const modules = await installModules(client);
  writeCommand(client.name, [join(modules, client.source, "bin", "node")]);
  remember(client.name, client.version);
}

/** A Node that finds the library, whatever folder a program is in. @param {Client} client */
async function installNpmLibrary(client) {
  const modules = await installModules(client);
  writeCommand(client.name, ["env", `NODE_PATH=${modules}`, "node"]);
  remember(client.name, client.version);
}

/**
 * @param {Client} client
 * @returns {Promise<string>} The folder of modules.
 */
async function installModules(client) {
  const folder = join(toolsFolder, client.name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  const wanted = [`${client.source}@${client.version}`, ...(client.beside ?? [])];
  const args = ["install", "--no-audit", "--no-fund", "--no-save", "--ignore-scripts", ...wanted];
  const options = { cwd: folder, env: cleanEnvironment() };
  await runQuietly(`installing ${wanted.join(", ")}`, "npm", args, options);
  return join(folder, "node_modules");
}

/** An environment of its own, so that nothing of the machine's Python changes. @param {Client} client */
async function installPythonLibrary(client) {
  const python = findCommand("python3");
  if (python === undefined) throw new ToolError("there is no Python 3 to run it with");
  const folder = join(toolsFolder, client.name);
  const own = join(folder, "bin", "python");
  const wanted = [`${client.source}==${client.version}`, ...(client.beside ?? [])];
  const args = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...wanted];
  await runQuietly(`preparing Python for ${client.name}`, python, ["-m", "venv", folder]);
  await runQuietly(`installing ${wanted.join(", ")}`, own, args);
  writeCommand(client.name, [own]);
  remember(client.name, client.version);
}

/** @param {Client} client */
async function installDebian(client) {
  const folder = join(toolsFolder, "debian", client.name);
  const { version, command } = await unpackDebianPackage(client.source, folder);
  writeCommand(client.name, command);
  remember(client.name, version);
}

/**
 * A command of our own that becomes the program: same process, no copy.
 * @param {string} name
 * @param {string[]} command
 */
function writeCommand(name, command) {
  const quoted = command.map((word) => `'${word}'`).join(" ");
  writeFileSync(join(toolsBin, name), `#!/bin/sh\nexec ${quoted} "$@"\n`, { mode: 0o755 });
}

/** Whether ours has the pinned version, or the system itself has Debian's. @param {Client} client */
function isInstalled(client) {
  const version = installedVersions()[client.name];
  const ours = findCommand(client.name, [toolsBin]) !== undefined;
  if (client.from !== "debian") return ours && version === client.version;
  return (ours && version !== undefined) || findCommand(client.name) !== undefined;
}

/** @returns {Record<string, string>} */
function installedVersions() {
  return existsSync(record) ? JSON.parse(readFileSync(record, "utf8")) : {};
}

/**
 * @param {string} name
 * @param {string} version
 */
function remember(name, version) {
  writeFileSync(record, JSON.stringify({ ...installedVersions(), [name]: version }, undefined, 2));
}

async function main() {
  if (process.argv.includes("--json")) {
    process.stdout.write(`${JSON.stringify(foreignTools())}\n`);
    return 0;
  }
  await installForeignTools();
  for (const { name, path, howToGet } of foreignTools()) {
    const version = installedVersions()[name] ?? "from PATH";
    process.stdout.write(
      path === undefined ? `${howToGet}\n` : `${name} ${version}: ${relative(root, path)}\n`,
    );
  }
  return foreignTools().every(({ path }) => path !== undefined) ? 0 : 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await runMain(main);
