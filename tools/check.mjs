// `npm run check`: the quick half of the checks: format, types, lint, architecture. With arguments, only the steps
// so named. Node's own modules only.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { bootstrap } from "./bootstrap.mjs";
import { compile, runTypeScript } from "./build.mjs";
import { exclusively } from "./exclusive.mjs";
import { cleanEnvironment, pinnedNode, root } from "./paths.mjs";
import { progress } from "./progress.mjs";
import { ToolError, run, runMain } from "./run.mjs";
import { selectTests } from "./selection.mjs";

/** @type {Record<string, () => Promise<void>>} */
const steps = {
  format: () => ofPackage("prettier", "bin/prettier.cjs", ["--check", "--log-level=warn", "."]),
  types: typesOfProduct,
  "types of tools": typesOfTools,
  lint: () => ofPackage("eslint", "bin/eslint.js", ["--max-warnings=0", "."]),
  architecture: () => {
    const { files } = selectTests([join(root, "test", "architecture")]);
    return ofPackage("mocha", "bin/mocha.js", ["--reporter=dot", ...files]);
  },
};

/** Checks the types by compiling for the tests: one compile serves both. */
async function typesOfProduct() {
  await bootstrap();
  await exclusively("build", compile);
}

async function typesOfTools() {
  const { code, all } = await runTypeScript(["-p", join(root, "tools", "tsconfig.mjs.json")]);
  if (code !== 0) throw new ToolError(all.trimEnd());
}

/**
 * @param {string} name
 * @param {string} file
 * @param {string[]} args
 */
async function ofPackage(name, file, args) {
  const command = [join(root, "node_modules", name, file), ...args];
  const { code, all } = await run(pinnedNode(), command, { env: cleanEnvironment() });
  if (code !== 0) throw new ToolError(all.trimEnd());
}

/**
 * Runs all steps, even after one failed, so that one run reports every problem.
 * @param {string[]} names
 */
async function check(names) {
  await bootstrap();
  const failed = [];
  for (const name of names.length === 0 ? Object.keys(steps) : names) {
    const line = progress(name);
    try {
      await steps[name]?.();
      line.done();
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      line.failed();
      process.stderr.write(`${error.message}\n`);
      failed.push(name);
    }
  }
  process.stdout.write(
    failed.length === 0 ? "check: ok\n" : `check: failed: ${failed.join(", ")}\n`,
  );
  return failed.length === 0 ? 0 : 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await runMain(() => check(process.argv.slice(2)));
}
