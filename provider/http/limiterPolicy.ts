import type { Readable } from "node:stream";
import type { PipelinePolicy, PipelineResponse } from "@azure/core-rest-pipeline";
import { Slots } from "../concurrency/limit.js";
import { RegistryError } from "../errors.js";
import { sameOrigin } from "../oci/origin.js";
import { type Clock, aborted, sleep } from "./clock.js";
import { type Exchange, exchangeOf } from "./exchange.js";
import { locationOf } from "./redaction.js";
import { type RegistryTier, RequestPaces, type RequestRates } from "./requestRates.js";
import { type RetryLimits, SHORTEST_PAUSE_MS, retryAfterOf, retryDelay } from "./retryDelay.js";
import type { ThrottleGate } from "./throttleGate.js";

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
 * Limits the requests: how many at a time, how many a minute, and none to the registry (its `origin`)
 * during a pause that it asked for. All waiting happens here and not in the connection pool, where it
 * would count as silence of the server.
 */
export function limiterPolicy(options: LimiterOptions, origin: string): PipelinePolicy {
  const slots = new Slots(options.maxConcurrency);
  const pace = pacing(options);
  return {
    name: "acrLimiter",
    async sendRequest(request, next) {
      const exchange = exchangeOf(request);
      // Blob storage throttles by itself, per storage account. This does not concern the registry.
      const gated = sameOrigin(request.url, origin);
      const { first, release } = gated
        ? await gatedTurn(options, slots, pace, exchange)
        : { first: false, release: await plainTurn(options, slots, pace, exchange) };
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

/**
 * Passes the gate before taking a slot, so that a request waiting for the registry's pause does not
 * occupy one.
 */
async function gatedTurn(
  options: LimiterOptions,
  slots: Slots,
  pace: Pacing,
  exchange: Exchange,
): Promise<{ first: boolean; release: () => void }> {
  for (;;) {
    const first = await passGate(options, exchange);
    const release = await plainTurn(options, slots, pace, exchange).catch((error: unknown) => {
      if (first) options.gate.leave();
      throw error;
    });
    if (first || !options.gate.isClosed) return { first, release };
    release();
  }
}

/**
 * Takes the slot before waiting for the rate: requests that wait for a slot after the rate could all
 * start together.
 */
async function plainTurn(
  options: LimiterOptions,
  slots: Slots,
  pace: Pacing,
  exchange: Exchange,
): Promise<() => void> {
  const release = await takeSlot(slots, options, exchange);
  try {
    await pace(exchange);
    return release;
  } catch (error) {
    release();
    throw error;
  }
}

async function takeSlot(
  slots: Slots,
  { maxConcurrency }: LimiterOptions,
  exchange: Exchange,
): Promise<() => void> {
  // With a single slot, the upload must leave it to the requests that read its source.
  if (maxConcurrency === 1 && exchange.source !== undefined) return () => undefined;
  try {
    return await slots.take(exchange.signal);
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
  const retryAfterMs = retryAfterOf(response.headers, clock.now());
  const pauseMs = retryDelay({ failures: gate.refusals, retryAfterMs }, retry, random);
  // These retries are not counted.
  gate.refuse(clock, Math.max(pauseMs, SHORTEST_PAUSE_MS));
}

/**
 * Frees the slot once the body has been read. A blob download frees it at once: otherwise, copying within
 * one registry could wait for its own slots.
 */
function releaseAfter(response: PipelineResponse, exchange: Exchange, release: () => void): void {
  const body = response.readableStreamBody as Readable | undefined;
  if (body === undefined || exchange.followRedirect) release();
  else body.once("close", release);
}

/** Waits until the rates allow the request. */
type Pacing = (exchange: Exchange) => Promise<void>;

/** Spreads all requests evenly over the minute, and keeps each kind of request below its own rate. */
function pacing({ clock, requestsPerMinute, requestRates }: LimiterOptions): Pacing {
  const paces = new RequestPaces(requestRates, clock);
  const interval = requestsPerMinute === undefined ? 0 : 60_000 / requestsPerMinute;
  let free = 0;
  return async ({ method, url, scopes, signal }) => {
    const now = clock.now();
    const turn = Math.max(free, now);
    free = turn + interval;
    // Without scopes, it is a request for a token, or to another origin for a blob.
    const rateWait = scopes === undefined ? 0 : paces.take(method, new URL(url).pathname);
    const waitMs = Math.max(turn - now, rateWait);
    if (waitMs > 0) await sleep(clock, waitMs, signal);
  };
}
