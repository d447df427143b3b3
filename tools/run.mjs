// Child processes for the tools. Runs before `npm ci`: Node's own modules only, Node 18 and later.
import { spawn } from "node:child_process";
import { progress } from "./progress.mjs";
import { root } from "./paths.mjs";

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {number} [timeoutMs] The child's whole process group is ended after it.
 * @property {"inherit" | "stderr"} [output] Shown as it comes; "stderr" keeps our stdout clean. Otherwise collected.
 */

/**
 * @typedef {object} RunResult
 * @property {number} code 127 if the command could not be started, 124 if it took too long.
 * @property {string} stdout
 * @property {string} all stdout and stderr in the order they came.
 */

/** @type {Set<import("node:child_process").ChildProcess>} */
const running = new Set();

/** @type {WeakSet<import("node:child_process").ChildProcess>} */
const ownGroup = new WeakSet();

let interrupted = false;

/**
 * Runs a command to its end; never throws for what the command does.
 * @param {string} command
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<RunResult>}
 */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? root,
      env: options.env ?? process.env,
      stdio: stdioFor(options.output),
      // A group of its own, so that a time-out also ends what the command started.
      detached: options.timeoutMs !== undefined,
    });
    running.add(child);
    if (options.timeoutMs !== undefined) ownGroup.add(child);
    /** @type {{ stream: "stdout" | "stderr", text: string }[]} */
    const chunks = [];
    let late = false;
    const timer =
      options.timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            late = true;
            endGroup(child, "SIGKILL");
          }, options.timeoutMs);
    child.stdout?.on("data", (data) => chunks.push({ stream: "stdout", text: String(data) }));
    child.stderr?.on("data", (data) => chunks.push({ stream: "stderr", text: String(data) }));
    child.on("error", (error) => finish(127, `${error.message}\n`));
    child.on("close", (code, signal) => finish(late ? 124 : (code ?? signalCode(signal))));

    /**
     * @param {number} code
     * @param {string} [said]
     */
    function finish(code, said = "") {
      clearTimeout(timer);
      running.delete(child);
      if (interrupted) process.exit(130);
      const stdout = chunks.filter((chunk) => chunk.stream === "stdout");
      const text = (/** @type {typeof chunks} */ some) => some.map((chunk) => chunk.text).join("");
      resolve({ code, stdout: text(stdout), all: text(chunks) + said });
    }
  });
}

/**
 * Runs a command that must succeed, showing one progress line meanwhile, and its output only if it fails.
 * @param {string} what What is being done, as shown to the user.
 * @param {string} command
 * @param {string[]} args
 * @param {RunOptions} [options]
 */
export async function runQuietly(what, command, args, options = {}) {
  const line = progress(what);
  const result = await run(command, args, options);
  if (result.code === 0) {
    line.done();
    return result;
  }
  line.failed();
  throw new ToolError(
    `${what}: \`${[command, ...args].join(" ")}\` ended with ${result.code}\n${result.all.trimEnd()}`,
  );
}

/** A failure that is shown to the user without a stack. */
export class ToolError extends Error {}

/**
 * Runs the main function of a tool; its failure is told and becomes the exit code.
 * @param {() => Promise<number | void>} main
 */
export async function runMain(main) {
  endWithChildren();
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    const told = error instanceof ToolError ? error.message : error;
    process.stderr.write(`${told instanceof Error ? (told.stack ?? told.message) : told}\n`);
    process.exitCode = 1;
  }
}

/**
 * The children decide how to end, for they clean up; we end when they have. A terminal sends SIGINT to the whole
 * group, so only a child in a group of its own needs it from us: twice would mean "at once".
 */
function endWithChildren() {
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
    process.on(signal, () => {
      if (running.size === 0 || interrupted) process.exit(130);
      interrupted = true;
      for (const child of running) {
        if (signal !== "SIGINT" || ownGroup.has(child)) endGroup(child, signal);
      }
    });
  }
}

/**
 * @param {RunOptions["output"]} output
 * @returns {import("node:child_process").StdioOptions}
 */
function stdioFor(output) {
  if (output === "inherit") return "inherit";
  if (output === "stderr") return ["ignore", 2, 2];
  return ["ignore", "pipe", "pipe"];
}

/** @param {NodeJS.Signals | null} signal */
function signalCode(signal) {
  return signal === "SIGINT" ? 130 : 1;
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @param {NodeJS.Signals} signal
 */
function endGroup(child, signal) {
  if (child.pid === undefined || child.exitCode !== null) return;
  if (!ownGroup.has(child)) child.kill(signal);
  else process.kill(-child.pid, signal);
}
