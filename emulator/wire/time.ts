/**
 * The current time in UTC with seven fractional digits, .NET's ticks of 100 ns. As strings, times sort
 * chronologically.
 */
export type Clock = () => string;

const ticksPerMillisecond = 10_000n;

/**
 * A time as the service writes it: without zeros at the end (js SDK, list_registry_manifests:
 * `2024-06-20T20:46:30.338005Z` beside others with seven digits).
 */
export function shownTime(time: string): string {
  return time.replace(/\.?0+Z$/, "Z");
}

/** Formats ticks of 100 ns since the Unix epoch as `2024-08-08T00:59:58.7112076Z`. */
function formatTime(ticks: bigint): string {
  const milliseconds = Number(ticks / ticksPerMillisecond);
  const remainder = String(ticks % ticksPerMillisecond).padStart(4, "0");
  return `${new Date(milliseconds).toISOString().slice(0, -1)}${remainder}Z`;
}

/**
 * A clock whose times strictly increase, so that "newest first" and `orderby=timedesc` are total orders,
 * even for two changes within one tick.
 */
export function increasingClock(now: () => number): Clock {
  let last = 0n;
  return () => {
    const ticks = BigInt(Math.round(now() * 1000)) * 10n;
    last = ticks > last ? ticks : last + 1n;
    return formatTime(last);
  };
}

/** Milliseconds since the Unix epoch, with the resolution of the monotonic clock. */
export function preciseNow(): number {
  return performance.timeOrigin + performance.now();
}
