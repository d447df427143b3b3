import { existsSync, readFileSync } from "node:fs";

const STATUS = "/proc/self/status";

/**
 * Peak of this process's memory in MiB. On Linux, `maxRSS` is at least the peak of the process that started
 * this one, because it is not reset when a program is executed; `VmHWM` is (proc(5)).
 */
export function peakMib(): number {
  const status = existsSync(STATUS) ? readFileSync(STATUS, "utf8") : "";
  const peak = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  return (peak === undefined ? process.resourceUsage().maxRSS : Number(peak)) / 1024;
}
