// `npm test`: sets up what is missing and runs the tests. Its last line is `N passed, N failed`. With CI=true
// everything is installed first and nothing may be left out. Node's own modules only.
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "./build.mjs";
import { foreignTools } from "./clients.mjs";
import { installForeignTools } from "./foreign.mjs";
import { pinnedNode, root, toolsFolder } from "./paths.mjs";
import { pulumiDirectory } from "./pulumi.mjs";
import { run, runMain } from "./run.mjs";
import { selectTests } from "./selection.mjs";
import { programEnvironment } from "./start.mjs";

const everything = process.env["CI"] === "true";

/**
 * Builds, gets what the tests need and runs them.
 * @param {string[]} args As typed after `npm test --`.
 * @returns {Promise<number>} The exit code.
 */
export async function test(args) {
  await build();
  if (everything) await installForeignTools();
  const selection = selectTests(args);
  const pulumi = everything || selection.needsPulumi ? await pulumiDirectory() : "";
  return tell(await runMocha(selection, pulumi), args.length === 0);
}

/**
 * @typedef {object} Counts
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 */

/**
 * @param {import("./selection.mjs").Selection} selection
 * @param {string} pulumi
 * @returns {Promise<Counts>}
 */
async function runMocha(selection, pulumi) {
  const counts = join(toolsFolder, `tests-${process.pid}.json`);
  const mocha = join(root, "node_modules", "mocha", "bin", "mocha.js");
  const reporter = `--reporter=${join(root, "tools", "reporter.cjs")}`;
  const forbid = everything ? ["--forbid-only"] : [];
  const watches = ["secretWatch", "leakWatch"].map(
    (name) => `--require=${join(root, "dist", "test", "support", `${name}.js`)}`,
  );
  const args = [mocha, reporter, ...watches, ...forbid, ...selection.options, ...selection.files];
  // A separate folder, so that leftovers are the tests'; the engine leaves its own there too.
  const temporary = mkdtempSync(join(tmpdir(), "pulumi-acr-tests-"));
  // Tests that give up their privileges must still reach their files in it.
  chmodSync(temporary, 0o755);
  const places = { TMPDIR: temporary, TMP: temporary, TEMP: temporary };
  const env = { ...programEnvironment(pulumi), ...places, PULUMI_ACR_TEST_COUNTS: counts };
  const { code } = await run(pinnedNode(), args, { env, output: "inherit" });
  rmSync(temporary, { recursive: true, force: true });
  // Without counts, or with a bad exit code: something broke outside of any test.
  const ran = existsSync(counts)
    ? JSON.parse(readFileSync(counts, "utf8"))
    : { passed: 0, failed: 0, skipped: 0 };
  rmSync(counts, { force: true });
  return code !== 0 && ran.failed === 0 ? { ...ran, failed: 1 } : ran;
}

/**
 * Says what was left out, then how it went.
 * @param {Counts} counts
 * @param {boolean} all Whether all tests were asked for.
 */
function tell({ passed, failed, skipped }, all) {
  const absent = foreignTools().filter(({ path }) => path === undefined);
  if (all || everything) for (const { howToGet } of absent) process.stdout.write(`${howToGet}\n`);
  const failures = everything ? failed + skipped + absent.length : failed;
  const left = everything || skipped === 0 ? "" : `, ${skipped} skipped`;
  process.stdout.write(`${passed} passed, ${failures} failed${left}\n`);
  return failures === 0 && passed > 0 ? 0 : 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await runMain(() => test(process.argv.slice(2)));
}
