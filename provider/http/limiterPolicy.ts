import type { Readable } from "node:stream";
import type { PipelinePolicy, PipelineResponse } from "@azure/core-rest-pipeline";
import { Places } from "../concurrency/limit.js";
import { RegistryError } from "../errors.js";
import { sameOrigin } from "../oci/origin.js";
import { type Clock, aborted, sleep } from "./clock.js";
import { type Exchange, exchangeOf } from "./exchange.js";
import { locationOf } from "./redaction.js";
import { type RegistryTier, RequestPaces, type RequestRates } from "./requestRates.js";
import { type RetryLimits, askedWait, retryDelay } from "./retryDelay.js";
import type { ThrottleGate } from "./throttleGate.js";

/** Whatever the limits say: refusals count against no number of attempts, so that it would be a loop without a pause. */
const SHORTEST_PAUSE_MS = 100;

export interface LimiterOptions {
  readonly gate: ThrottleGate;
  readonly clock: Clock;
  readonly random: () => number;
  readonly retry: RetryLimits;
  readonly maxConcurrency: number;
  readonly requestsPerMinute: number | undefined;
  readonly requestRates: RegistryTier | RequestRates | undefined;
}

/**
 * Lets requests through one by one: so many at a time, so many a minute, and none to the registry (its
 * `origin`) while that asks for a pause. All waiting happens here and not in the connection pool, where
 * it would count as silence of the server.
 */
export function limiterPolicy(options: LimiterOptions, origin: string): PipelinePolicy {
  const places = new Places(options.maxConcurrency);
  const pace = pacing(options);
  return {
    name: "acrLimiter",
    async sendRequest(request, next) {
      const exchange = exchangeOf(request);
      // Storage has throttles of its own, one for each account; they say nothing about the registry.
      const gated = sameOrigin(request.url, origin);
      const { first, release } = gated
        ? await gatedTurn(options, places, pace, exchange)
        : { first: false, release: await plainTurn(options, places, pace, exchange) };
      try {
        const response = await next(request);
        if (gated) noteAnswer(response, options, exchange);
        releaseAfter(response, exchange, release);
        return response;
      } catch (error) {
        if (first) options.gate.leave();
        release();
        throw error;
      }
    },
  };
}

/** The gate before the place: who waits for the registry takes nobody's place. */
async function gatedTurn(
  options: LimiterOptions,
  places: Places,
  pace: Pacing,
  exchange: Exchange,
): Promise<{ first: boolean; release: () => void }> {
  for (;;) {
    const first = await passGate(options, exchange);
    const release = await plainTurn(options, places, pace, exchange).catch((error: unknown) => {
      if (first) options.gate.leave();
      throw error;
    });
    if (first || !options.gate.isClosed) return { first, release };
    release();
  }
}

/** The pace last: what waited after it might come together with others. */
async function plainTurn(
  options: LimiterOptions,
  places: Places,
  pace: Pacing,
  exchange: Exchange,
): Promise<() => void> {
  const release = await takePlace(places, options, exchange);
  try {
    await pace(exchange);
    return release;
  } catch (error) {
    release();
    throw error;
  }
}

async function takePlace(
  places: Places,
  { maxConcurrency }: LimiterOptions,
  exchange: Exchange,
): Promise<() => void> {
  // The only place is left to what the upload reads from.
  if (maxConcurrency === 1 && exchange.source !== undefined) return () => undefined;
  try {
    return await places.take(exchange.signal);
  } catch {
    throw aborted(exchange.signal);
  }
}

async function passGate(options: LimiterOptions, exchange: Exchange): Promise<boolean> {
  const { gate, clock, retry } = options;
  if (!gate.isClosed) return false;
  exchange.throttledSince ??= clock.now();
  const deadline = exchange.throttledSince + retry.budgetMs;
  const passed = await gate.pass(clock, deadline, exchange.signal);
  if (passed !== "late") return passed === "first";
  const { method, url, operation } = exchange;
  throw new RegistryError(
    "THROTTLED",
    `${operation}: the registry has refused requests (429) for ${Math.round(retry.budgetMs / 1000)} seconds: ` +
      `try again later, or lower the concurrency`,
    { method, url: locationOf(url), status: 429 },
  );
}

function noteAnswer(response: PipelineResponse, options: LimiterOptions, exchange: Exchange): void {
  const { gate, clock, random, retry } = options;
  if (response.status !== 429) {
    gate.admit(clock);
    return;
  }
  exchange.throttledSince ??= clock.now();
  const askedMs = askedWait(response.headers, clock.now());
  const pauseMs = retryDelay({ failures: gate.refusals, askedMs }, retry, random);
  gate.refuse(clock, Math.max(pauseMs, SHORTEST_PAUSE_MS));
}

/**
 * A place is free again when the body has been read; a download that the caller streams gives it back
 * at once, or copying from a registry to itself could wait for its own places.
 */
function releaseAfter(response: PipelineResponse, exchange: Exchange, release: () => void): void {
  const body = response.readableStreamBody as Readable | undefined;
  if (body === undefined || exchange.followRedirect) release();
  else body.once("close", release);
}

/** Waits until a request may be sent as far as rates are concerned. */
type Pacing = (exchange: Exchange) => Promise<void>;

/** Spreads all requests evenly over the minute, and keeps each kind of them below its rate. */
function pacing({ clock, requestsPerMinute, requestRates }: LimiterOptions): Pacing {
  const paces = new RequestPaces(requestRates, clock);
  const interval = requestsPerMinute === undefined ? 0 : 60_000 / requestsPerMinute;
  let free = 0;
  return async ({ method, url, scopes, signal }) => {
    const now = clock.now();
    const turn = Math.max(free, now);
    free = turn + interval;
    // Without scopes it asks for a token, or another origin for a blob.
    const rateWait = scopes === undefined ? 0 : paces.take(method, new URL(url).pathname);
    const waitMs = Math.max(turn - now, rateWait);
    if (waitMs > 0) await sleep(clock, waitMs, signal);
  };
}
