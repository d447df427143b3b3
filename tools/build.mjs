// `npm run build`: sets up what is missing and compiles what changed into dist/. Node's own modules only.
import { chmodSync, existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { bootstrap } from "./bootstrap.mjs";
import { exclusively } from "./exclusive.mjs";
import { cleanEnvironment, pinnedNode, root } from "./paths.mjs";
import { ToolError, run, runMain } from "./run.mjs";
import { progress } from "./progress.mjs";

const dist = join(root, "dist");

/** The package's command, which needs a run bit that the compiler does not set. */
const command = join(dist, "emulator", "cli.js");

/** Endings of the files that are compiled from a source of the same path. */
const compiledEndings = /\.(?:d\.ts|js|js\.map)$/u;

/**
 * Installs the dependencies if need be, and compiles everything that changed since the last time.
 */
export async function build() {
  await bootstrap();
  const line = progress("compiling");
  try {
    await exclusively("build", compile);
    line.done();
  } catch (error) {
    line.failed();
    throw error;
  }
}

/** Compiles what changed. Only one process may do so at a time. */
export async function compile() {
  const args = ["-p", root, "--incremental", "--tsBuildInfoFile", join(dist, ".tsbuildinfo")];
  const { code, all } = await runTypeScript([
    ...args,
    "--pretty",
    String(process.stderr.isTTY === true),
  ]);
  if (code !== 0) throw new ToolError(all.trimEnd());
  removeOrphans(dist, root);
  if (existsSync(command)) chmodSync(command, 0o755);
}

/** @param {string[]} args */
export function runTypeScript(args) {
  const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
  return run(pinnedNode(), [compiler, ...args], { env: cleanEnvironment() });
}

/**
 * Removes what was compiled from files that are no longer there: a test that was deleted must not run, a
 * module that was deleted must not be published.
 * @param {string} compiled
 * @param {string} source
 */
function removeOrphans(compiled, source) {
  for (const entry of readdirSync(compiled, { withFileTypes: true })) {
    const path = join(compiled, entry.name);
    if (entry.isDirectory()) removeOrphans(path, join(source, entry.name));
    else if (compiledEndings.test(entry.name)) {
      const origin = join(source, entry.name.replace(compiledEndings, ".ts"));
      if (!existsSync(origin)) rmSync(path);
    }
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await runMain(build);
