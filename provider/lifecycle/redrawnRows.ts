import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Reads the settings of the terminal that started the command, which the host inherits. */
export type TerminalSettings = () => Promise<string>;

/** What a raw terminal switches off: signals, lines, echo and output processing. */
const RAW = ["-isig", "-icanon", "-echo", "-opost"] as const;

/**
 * Tells whether the CLI redraws the rows of resources in place, instead of printing a line for each
 * message as with `--diff`, `--non-interactive`, `--json`, CI, a pipe or the Automation API. The engine
 * does not tell its providers: not in the protocol, nor by arguments or environment, and the host's own
 * streams are always pipes. But while the CLI redraws, the terminal is in raw mode (pulumi/pulumi
 * v3.259.0, pkg/backend/display: `terminal.Open`, called by `ShowProgressEvents` alone), and the host can
 * ask its controlling terminal. It asks once per process, of which the engine starts one for preview and
 * one for update, and only if there is something to show. Without a terminal, `stty` or raw mode, as on
 * Windows, the answer is no, so that logs are not flooded.
 */
export function redrawnRows(settings: TerminalSettings = askTerminal): () => Promise<boolean> {
  let answer: Promise<boolean> | undefined;
  return () => (answer ??= settings().then(isRaw, () => false));
}

/** Searches the words of `stty -a`; the rest of its output differs between systems. */
function isRaw(settings: string): boolean {
  const words = settings.split(/[\s;]+/);
  return RAW.every((word) => words.includes(word));
}

/** Asking takes some milliseconds; a terminal that does not answer counts as none. */
const TIMEOUT_MS = 2_000;

/**
 * Only reads the settings, which a background process may do without being stopped (POSIX, tcgetattr).
 */
async function askTerminal(): Promise<string> {
  const command = ["-c", "exec stty -a </dev/tty"];
  const { stdout } = await promisify(execFile)("/bin/sh", command, { timeout: TIMEOUT_MS });
  return stdout;
}
