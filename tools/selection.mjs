// Selects the tests of a run and their order. Node's own modules only.
import { existsSync, readdirSync, statSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { root } from "./paths.mjs";

/** Folders of test/ whose tests start the engine or foreign programs: they take long and come last. */
const slowFolders = ["examples", "package", "interop", "demo", "lifecycle"];

/** Folders without tests: programs, data and shared code. */
const otherFolders = ["bench", "golden", "support"];

/**
 * @typedef {object} Selection
 * @property {string[]} files Compiled test files in the order in which they run.
 * @property {string[]} options For mocha.
 * @property {boolean} needsPulumi
 */

/**
 * Reads the arguments of `npm test --`: test files or folders as they are in the tree, or a text that the titles
 * contain; what starts with a dash is mocha's, with its value after `=`.
 * @param {string[]} args
 * @returns {Selection}
 */
export function selectTests(args) {
  const options = args.filter((arg) => arg.startsWith("-"));
  const others = args.filter((arg) => !arg.startsWith("-"));
  const paths = others.filter((arg) => existsSync(arg));
  const titles = others.filter((arg) => !existsSync(arg));
  const files = (paths.length === 0 ? [join(root, "test")] : paths)
    .flatMap(testFiles)
    .sort(bySpeed);
  return {
    files: [...new Set(files)].map(compiledFile),
    options: titles.length === 0 ? options : [...options, `--fgrep=${titles.join(" ")}`],
    needsPulumi: files.some((file) => slowness(file) > 0),
  };
}

/**
 * @param {string} path
 * @returns {string[]}
 */
function testFiles(path) {
  if (!statSync(path).isDirectory()) return path.endsWith(".test.ts") ? [resolve(path)] : [];
  const folders = readdirSync(path).filter((name) => !otherFolders.includes(name));
  return folders.flatMap((name) => testFiles(join(path, name)));
}

/** @param {string} file */
function compiledFile(file) {
  return join(root, "dist", relative(root, file).replace(/\.ts$/u, ".js"));
}

/** 0 for a unit test. @param {string} file */
function slowness(file) {
  return slowFolders.indexOf(relative(join(root, "test"), file).split(sep)[0] ?? "") + 1;
}

/**
 * @param {string} left
 * @param {string} right
 */
function bySpeed(left, right) {
  return slowness(left) - slowness(right) || (left < right ? -1 : 1);
}
