import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { TemporaryFolder } from "./temporaryFolder.js";

/** Finds the processes of a stack's runs, so that tests can kill them as a crash would. */
export class EngineProcesses {
  readonly #folder = new TemporaryFolder();
  #seen = new Set<string>();

  /** Variables for the stack. */
  get environment(): Record<string, string> {
    return {
      NODE_OPTIONS: `--require ${join(__dirname, "notePid.js")}`,
      NOTE_PIDS_IN: this.#folder.path,
    };
  }

  /** Forgets the hosts so far: the next one belongs to the next run. */
  nextRun(): void {
    this.#seen = new Set(readdirSync(this.#folder.path));
  }

  /** The dynamic host of this run. */
  host(): number {
    const fresh = readdirSync(this.#folder.path).filter((name) => !this.#seen.has(name));
    // The preview had a host too, which has ended.
    const pid = fresh.find((name) => isRunning(Number(name)));
    if (pid === undefined) throw new Error("the engine has not started a dynamic host");
    return Number(pid);
  }

  /** The `pulumi` that started it. */
  cli(): number {
    for (let pid = parentOf(this.host()); pid > 1; pid = parentOf(pid)) {
      if (/(?:^|\/)pulumi$/.test(ps(pid, "comm"))) return pid;
    }
    throw new Error("the dynamic host has no pulumi above it");
  }

  remove(): void {
    this.#folder.remove();
  }
}

export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function parentOf(pid: number): number {
  return Number(ps(pid, "ppid"));
}

function ps(pid: number, column: string): string {
  return execFileSync("ps", ["-o", `${column}=`, "-p", String(pid)], { encoding: "utf8" }).trim();
}
