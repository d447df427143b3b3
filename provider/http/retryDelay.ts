export interface RetryLimits {
  /** Attempts after the first, for failures other than 429. Default: 5. */
  readonly maxRetries: number;
  /** The first wait, and the shortest one. Default: 1,000. */
  readonly baseDelayMs: number;
  /** The longest single wait. Default: 120,000. */
  readonly maxDelayMs: number;
  /** The most time that a request may spend waiting between attempts, 429 included. Default: 300,000. */
  readonly budgetMs: number;
}

export const DEFAULT_RETRY: RetryLimits = {
  maxRetries: 5,
  baseDelayMs: 1_000,
  maxDelayMs: 120_000,
  budgetMs: 300_000,
};

/** The shortest pause between retries whose number may be unlimited. Without one they would be a busy loop. */
export const SHORTEST_PAUSE_MS = 100;

/** The given limits; a default for each one that is missing or `undefined`. */
export function retryLimits(given: Partial<RetryLimits> = {}): RetryLimits {
  return {
    maxRetries: given.maxRetries ?? DEFAULT_RETRY.maxRetries,
    baseDelayMs: given.baseDelayMs ?? DEFAULT_RETRY.baseDelayMs,
    maxDelayMs: given.maxDelayMs ?? DEFAULT_RETRY.maxDelayMs,
    budgetMs: given.budgetMs ?? DEFAULT_RETRY.budgetMs,
  };
}

/**
 * The wait that `Retry-After` asks for, in milliseconds: given as seconds or a date (RFC 9110, section
 * 10.2.3). `undefined` if the value is not understood; 0 for a date in the past.
 */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  const text = value?.trim() ?? "";
  if (/^\d{1,15}$/.test(text)) return Number(text) * 1000;
  // `Date.parse` would accept "-5" and "abc 1". HTTP dates begin with the name of the day.
  if (!/^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(text)) return undefined;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/**
 * The wait that an answer asks for. A date in it is compared with the `Date` of the same answer (RFC
 * 9110, section 6.6.1), if there is one, because our own clock may be wrong by minutes.
 */
export function retryAfterOf(
  headers: { get(name: string): string | undefined },
  now: number,
): number | undefined {
  const date = Date.parse(headers.get("Date") ?? "");
  return parseRetryAfter(headers.get("Retry-After"), Number.isNaN(date) ? now : date);
}

/** Doubles with every failure. Half of it is random, so that clients do not all retry together. */
export function backoff(
  failures: number,
  limits: Pick<RetryLimits, "baseDelayMs" | "maxDelayMs">,
  random: () => number,
): number {
  const full = Math.min(limits.baseDelayMs * 2 ** Math.min(failures, 30), limits.maxDelayMs);
  return full * (0.5 + 0.5 * random());
}

/**
 * How long to wait. The server's wish counts, but at least the base delay (0 would be a busy loop) and at
 * most the longest wait.
 */
export function retryDelay(
  facts: { readonly failures: number; readonly retryAfterMs: number | undefined },
  limits: Pick<RetryLimits, "baseDelayMs" | "maxDelayMs">,
  random: () => number,
): number {
  if (facts.retryAfterMs === undefined) return backoff(facts.failures, limits, random);
  return Math.min(Math.max(facts.retryAfterMs, limits.baseDelayMs), limits.maxDelayMs);
}
