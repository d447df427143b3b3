import type {
  PipelinePolicy,
  PipelineRequest,
  PipelineResponse,
  SendRequest,
} from "@azure/core-rest-pipeline";
import type { AccessWait } from "./accessWait.js";
import { type Clock, sleep } from "./clock.js";
import { type Exchange, exchangeOf } from "./exchange.js";
import { SourceFailure, TransientFailure } from "./failure.js";
import { responseError } from "./responseError.js";
import {
  DEFAULT_RETRY,
  type RetryLimits,
  SHORTEST_PAUSE_MS,
  backoff,
  retryAfterOf,
  retryDelay,
} from "./retryDelay.js";

export interface RetryOptions {
  readonly limits: RetryLimits;
  readonly clock: Clock;
  readonly random: () => number;
  readonly access: AccessWait;
  /** Drops all tokens, because new permissions may need new ones. */
  readonly forgetTokens: () => void;
}

type Outcome = { readonly response: PipelineResponse } | { readonly failure: unknown };

const TRANSIENT: ReadonlySet<number> = new Set([408, 500, 502, 503, 504]);
/**
 * The longest delay while waiting for access: short enough to notice it soon, long enough not to be
 * throttled.
 */
const ACCESS_DELAY_MS = 15_000;

/**
 * Repeats failed requests. A request that is not `repeatable` is only repeated if it is certain that the
 * registry did not receive it; otherwise its caller restarts the upload session.
 */
export function retryPolicy(options: RetryOptions): PipelinePolicy {
  return {
    name: "acrRetry",
    async sendRequest(request, next) {
      const exchange = exchangeOf(request);
      const limits = options.limits;
      let failures = 0;
      let accessWaits = 0;
      let waitedMs = 0;
      for (;;) {
        const outcome = await attempt(request, next, exchange);
        if (options.access.allows(failureToAccess(outcome, exchange), exchange)) {
          options.forgetTokens();
          const pace = { ...limits, maxDelayMs: ACCESS_DELAY_MS };
          await sleep(options.clock, backoff(accessWaits, pace, options.random), exchange.signal);
          accessWaits += 1;
          continue;
        }
        if (isThrottled(outcome)) {
          if (!mayWaitForGate(outcome.response, exchange, options))
            return settle(outcome, exchange);
          continue; // The limiter delays the next attempt until the registry's pause is over.
        }
        const delay = delayFor(outcome, exchange, failures, waitedMs, options);
        if (delay === undefined) return settle(outcome, exchange);
        failures += 1;
        waitedMs += delay;
        await sleep(options.clock, delay, exchange.signal);
      }
    },
  };
}

async function attempt(
  request: PipelineRequest,
  next: SendRequest,
  exchange: Exchange,
): Promise<Outcome> {
  exchange.bytes = undefined;
  try {
    return { response: await next(request) };
  } catch (failure) {
    return { failure };
  }
}

function settle(outcome: Outcome, exchange: Exchange): PipelineResponse {
  if ("response" in outcome) return outcome.response;
  const { failure } = outcome;
  if (failure instanceof SourceFailure) throw failure.cause;
  if (failure instanceof TransientFailure) throw failure.toError(exchange.attempts);
  throw failure;
}

function failureToAccess(outcome: Outcome, exchange: Exchange): unknown {
  if ("failure" in outcome) return outcome.failure;
  const { status } = outcome.response;
  if ((status !== 401 && status !== 403) || exchange.expect.includes(status)) return undefined;
  return responseError(
    { status, header: () => undefined, body: exchange.bytes ?? new Uint8Array(), foreign: false },
    exchange,
  );
}

function isThrottled(outcome: Outcome): outcome is { readonly response: PipelineResponse } {
  return "response" in outcome && outcome.response.status === 429;
}

function mayWaitForGate(
  response: PipelineResponse,
  exchange: Exchange,
  { limits, clock }: RetryOptions,
): boolean {
  if (limits.maxRetries === 0) return false;
  const now = clock.now();
  const retryAfterMs = retryAfterOf(response.headers, now) ?? limits.baseDelayMs;
  const left = (exchange.throttledSince ?? now) + limits.budgetMs - now;
  if (retryAfterMs <= left && left > 0) return true;
  exchange.refusedWaitMs = retryAfterMs;
  return false;
}

function delayFor(
  outcome: Outcome,
  exchange: Exchange,
  failures: number,
  waitedMs: number,
  { limits, clock, random }: RetryOptions,
): number | undefined {
  if (
    failures >= Math.min(limits.maxRetries, maxRetriesOf(outcome)) ||
    !mayGoAgain(outcome, exchange)
  )
    return undefined;
  const retryAfterMs = requestedWait(outcome, clock);
  const shortest = failures < DEFAULT_RETRY.maxRetries ? 0 : SHORTEST_PAUSE_MS;
  const delay = Math.max(retryDelay({ failures, retryAfterMs }, limits, random), shortest);
  if (Math.max(delay, retryAfterMs ?? 0) <= limits.budgetMs - waitedMs) return delay;
  exchange.refusedWaitMs = retryAfterMs;
  return undefined;
}

function requestedWait(outcome: Outcome, clock: Clock): number | undefined {
  if ("response" in outcome) return retryAfterOf(outcome.response.headers, clock.now());
  return outcome.failure instanceof TransientFailure ? outcome.failure.retryAfterMs : undefined;
}

function maxRetriesOf(outcome: Outcome): number {
  const transient = "failure" in outcome && outcome.failure instanceof TransientFailure;
  return transient ? outcome.failure.maxRetries : Number.POSITIVE_INFINITY;
}

function mayGoAgain(outcome: Outcome, exchange: Exchange): boolean {
  if ("failure" in outcome) {
    const { failure } = outcome;
    return failure instanceof TransientFailure && (exchange.repeatable || failure.notReceived);
  }
  const { status } = outcome.response;
  if (exchange.expect.includes(status)) return false;
  return exchange.repeatable ? TRANSIENT.has(status) : status === 503;
}
