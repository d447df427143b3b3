import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** The settings of the terminal that the command was started from, which the host inherits. */
export type TerminalSettings = () => Promise<string>;

/** What a raw terminal has switched off, all of it: signals, lines, echo, and the processing of output. */
const RAW = ["-isig", "-icanon", "-echo", "-opost"] as const;

/**
 * Whether the CLI draws the rows of resources anew in their place, or prints a line for each message,
 * as `--diff`, `--non-interactive`, `--json`, CI, a pipe and the Automation API make it. The engine
 * does not tell its providers: not in the protocol, nor in arguments or environment, and the host's own
 * streams are pipes either way. But whoever draws puts the terminal in raw mode for as long
 * (pulumi/pulumi v3.259.0, pkg/backend/display: `terminal.Open`, called by `ShowProgressEvents` alone),
 * and the host may ask its controlling terminal for that. It is asked once for each process, which the
 * engine starts anew for preview and update, and only when there is something to say. Where there is
 * no terminal, no `stty`, or no raw mode, as on Windows, the answer is no: a log is not to be flooded.
 */
export function redrawnRows(settings: TerminalSettings = askTerminal): () => Promise<boolean> {
  let answer: Promise<boolean> | undefined;
  return () => (answer ??= settings().then(isRaw, () => false));
}

/** Among the words of `stty -a`, whose other words differ from system to system. */
function isRaw(settings: string): boolean {
  const words = settings.split(/[\s;]+/);
  return RAW.every((word) => words.includes(word));
}

/** Asking takes some milliseconds; a terminal that does not answer is none. */
const TIMEOUT_MS = 2_000;

/** Only reads: a process in the background may do that without being stopped (POSIX, tcgetattr). */
async function askTerminal(): Promise<string> {
  const command = ["-c", "exec stty -a </dev/tty"];
  const { stdout } = await promisify(execFile)("/bin/sh", command, { timeout: TIMEOUT_MS });
  return stdout;
}
