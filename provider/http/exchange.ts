import type { PipelineRequest } from "@azure/core-rest-pipeline";
import type { Scope } from "../auth/scope.js";
import type { RequestBody } from "./transport.js";

/** One request of a caller on its way through the policies, over all its attempts. */
export interface Exchange {
  readonly method: string;
  readonly url: string;
  readonly operation: string;
  /** `undefined`: a request for a token, or to another origin; it never carries our authorization. */
  readonly scopes: readonly Scope[] | undefined;
  readonly expect: readonly number[];
  readonly repeatable: boolean;
  readonly followRedirect: boolean;
  /** It goes where the registry sent a read: to its storage. */
  readonly redirected: boolean;
  /** Whether access that is refused is waited for. */
  readonly waitForAccess: boolean;
  readonly body: RequestBody | undefined;
  readonly signal: AbortSignal;
  /** What the body is read from, opened for the attempt under way. */
  source: AsyncIterable<Uint8Array> | undefined;
  /** Host and port of the proxy that the attempt under way leads through. */
  proxy: string | undefined;
  /** How often it was sent. */
  attempts: number;
  /** Since when the registry keeps it waiting with 429. */
  throttledSince: number | undefined;
  /** What the last `Retry-After` asked for, if it was more than we may wait. */
  refusedWaitMs: number | undefined;
  /** The answer's body, once it was read into memory. */
  bytes: Uint8Array | undefined;
}

const exchanges = new WeakMap<PipelineRequest, Exchange>();

/** Ties what a policy must know to the pipeline's request, which has no room for it. */
export function bindExchange(request: PipelineRequest, exchange: Exchange): PipelineRequest {
  exchanges.set(request, exchange);
  return request;
}

export function exchangeOf(request: PipelineRequest): Exchange {
  const exchange = exchanges.get(request);
  if (exchange === undefined) throw new TypeError("the request was not made by this transport");
  return exchange;
}
