import { InputError } from "../errors.js";
import { asWritten } from "../oci/printable.js";
import type { RetryLimits } from "./retryDelay.js";

/** The longest delay of Node's timers; they treat a longer one as no delay. */
const LONGEST_MS = 2 ** 31 - 1;

interface Range {
  readonly least: number;
  readonly most?: number;
  /** Whether `Infinity` is allowed, for no limit. */
  readonly unlimited?: boolean;
  /** Whether it must be a whole number. */
  readonly whole?: boolean;
  readonly unit: string;
}

const NUMBERS: Readonly<Record<string, Range>> = {
  maxConcurrency: { least: 1, whole: true, unit: "requests" },
  idleTimeoutMs: { least: 1, most: LONGEST_MS, unit: "milliseconds" },
  requestsPerMinute: { least: Number.MIN_VALUE, unlimited: true, unit: "requests" },
  waitForAccess: { least: 0, unlimited: true, unit: "seconds" },
};

const RETRY: Readonly<Record<keyof RetryLimits, Range>> = {
  maxRetries: { least: 0, unlimited: true, whole: true, unit: "attempts" },
  baseDelayMs: { least: 0, most: LONGEST_MS, unit: "milliseconds" },
  maxDelayMs: { least: 0, most: LONGEST_MS, unit: "milliseconds" },
  budgetMs: { least: 0, unlimited: true, unit: "milliseconds" },
};

/**
 * Refuses options that cannot be right: a wait of `NaN` would never end, and a limit of `NaN` would be
 * none.
 */
export function checkOptions(options: {
  readonly retry?: Partial<RetryLimits>;
  readonly userAgent?: string;
}): void {
  const given = options as Readonly<Record<string, unknown>>;
  for (const [name, range] of Object.entries(NUMBERS)) checkNumber(given[name], name, range);
  const retry = (options.retry ?? {}) as Readonly<Record<string, unknown>>;
  for (const [name, range] of Object.entries(RETRY))
    checkNumber(retry[name], `retry.${name}`, range);
  const { userAgent } = options;
  // The HTTP client silently drops characters that are not allowed in a header.
  if (userAgent === undefined || /^[\x20-\x7e]*$/.test(userAgent)) return;
  throw new InputError("userAgent", `${asWritten(userAgent)} cannot be sent: expected ASCII`);
}

function checkNumber(value: unknown, name: string, range: Range): void {
  const { least, most = Number.MAX_VALUE, whole = false, unit } = range;
  if (value === undefined || (range.unlimited && value === Number.POSITIVE_INFINITY)) return;
  const fits = typeof value === "number" && value >= least && value <= most;
  if (fits && (!whole || Number.isSafeInteger(value))) return;
  const kind = whole ? "a whole number" : "a number";
  const from = least === Number.MIN_VALUE ? "more than 0" : `at least ${least}`;
  const limit = range.unlimited ? ", or Infinity for no limit" : "";
  const to = range.most === undefined ? limit : ` and at most ${range.most}`;
  throw new InputError(name, `expected ${kind} of ${unit}, ${from}${to}, not ${shown(value)}`);
}

function shown(value: unknown): string {
  if (typeof value === "string") return asWritten(value);
  return typeof value === "number" ? String(value) : `a ${typeof value}`;
}
