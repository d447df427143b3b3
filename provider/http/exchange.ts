import type { PipelineRequest } from "@azure/core-rest-pipeline";
import type { Scope } from "../auth/scope.js";
import type { RequestBody } from "./transport.js";

/** One request of a caller, on its way through the policies, with all its attempts. */
export interface Exchange {
  readonly method: string;
  readonly url: string;
  readonly operation: string;
  /** `undefined` for requests for tokens and to other origins, which never carry our authorization. */
  readonly scopes: readonly Scope[] | undefined;
  readonly expect: readonly number[];
  readonly repeatable: boolean;
  readonly followRedirect: boolean;
  /** Whether it goes to the storage that the registry redirected a read to. */
  readonly redirected: boolean;
  /** Whether a refusal of access is waited for. */
  readonly waitForAccess: boolean;
  readonly body: RequestBody | undefined;
  readonly signal: AbortSignal;
  /** The opened source of the body, during an attempt. */
  source: AsyncIterable<Uint8Array> | undefined;
  /** Host and port of the proxy that the current attempt uses. */
  proxy: string | undefined;
  /** How often the request was sent. */
  attempts: number;
  /** When the registry first answered with 429. */
  throttledSince: number | undefined;
  /** The wait that the last `Retry-After` asked for, if it was longer than allowed. */
  refusedWaitMs: number | undefined;
  /** The body of the answer, once it was read into memory. */
  bytes: Uint8Array | undefined;
}

const exchanges = new WeakMap<PipelineRequest, Exchange>();

/** Attaches the exchange to the pipeline's request, which has no room for it. */
export function bindExchange(request: PipelineRequest, exchange: Exchange): PipelineRequest {
  exchanges.set(request, exchange);
  return request;
}

export function exchangeOf(request: PipelineRequest): Exchange {
  const exchange = exchanges.get(request);
  if (exchange === undefined) throw new TypeError("the request was not made by this transport");
  return exchange;
}
