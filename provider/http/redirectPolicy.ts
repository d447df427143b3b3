import {
  createPipelineRequest,
  type PipelinePolicy,
  type PipelineRequest,
  type PipelineResponse,
  type SendRequest,
} from "@azure/core-rest-pipeline";
import { ProtocolError, RegistryError } from "../errors.js";
import { drain } from "./answerPolicy.js";
import type { Clock } from "./clock.js";
import { type Exchange, bindExchange, exchangeOf } from "./exchange.js";
import { TransientFailure } from "./failure.js";
import { locationOf } from "./redaction.js";
import { type RedirectRules, redirectTarget } from "./redirectTarget.js";
import { responseError } from "./responseError.js";
import { retryAfterOf } from "./retryDelay.js";

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const MAX_HOPS = 3;
/** The only headers that another origin receives. */
const FORWARDED = ["Accept", "Range", "User-Agent"];

/**
 * Follows the redirect of a blob read to blob storage, without credentials: every hop is a new request,
 * to which none were ever added. If the storage refuses, the download fails; no sign-in follows, since
 * that would send a token to wherever the redirect led.
 */
export function redirectPolicy(rules: RedirectRules, clock: Clock): PipelinePolicy {
  return {
    name: "acrRedirect",
    async sendRequest(request, next) {
      const exchange = exchangeOf(request);
      const first = await next(request);
      if (!exchange.followRedirect || !REDIRECTS.has(first.status)) return first;
      const stored = await follow(first, exchange, next, { rules, clock });
      if (!isRefusal(stored)) return stored;
      // The signature in the URL is valid for minutes; asking the registry again gives a new one.
      await drain(stored);
      const again = await next(request);
      if (!REDIRECTS.has(again.status)) return again;
      const last = await follow(again, exchange, next, { rules, clock });
      if (!isRefusal(last)) return last;
      await drain(last);
      throw refusedByStorage(last, exchange);
    },
  };
}

async function follow(
  start: PipelineResponse,
  exchange: Exchange,
  next: SendRequest,
  { rules, clock }: { readonly rules: RedirectRules; readonly clock: Clock },
): Promise<PipelineResponse> {
  let response = start;
  for (let hop = 0; hop < MAX_HOPS; hop += 1) {
    await drain(response);
    const from = response.request.url;
    const location = response.headers.get("Location");
    const target = redirectTarget(location, from, rules, exchange.operation);
    response = await next(storageRequest(target, start.request, exchange));
    if (response.status === 429 || response.status === 408 || response.status >= 500) {
      const body = await drain(response);
      throw busyStorage(response, body, exchange, clock);
    }
    if (!REDIRECTS.has(response.status)) return response;
  }
  await drain(response);
  throw new ProtocolError(`${exchange.operation}: more than ${MAX_HOPS} redirects; given up`);
}

function storageRequest(
  target: URL,
  original: PipelineRequest,
  exchange: Exchange,
): PipelineRequest {
  const request = createPipelineRequest({
    url: target.href,
    method: original.method,
    allowInsecureConnection: target.protocol === "http:",
    streamResponseStatusCodes: new Set([Number.POSITIVE_INFINITY]),
  });
  for (const name of FORWARDED) {
    const value = original.headers.get(name);
    if (value !== undefined) request.headers.set(name, value);
  }
  return bindExchange(request, {
    ...exchange,
    url: target.href,
    scopes: undefined,
    redirected: true,
  });
}

function isRefusal(response: PipelineResponse): boolean {
  return response.status === 401 || response.status === 403;
}

function refusedByStorage(response: PipelineResponse, exchange: Exchange): RegistryError {
  const { url, method } = response.request;
  return new RegistryError(
    "REJECTED",
    `${exchange.operation}: the blob storage ${new URL(url).host} refused the download (${response.status}), twice. Its ` +
      `firewall may not admit this address, or this machine's clock is wrong`,
    { method, url: locationOf(url), status: response.status },
  );
}

/** Azure Storage throttles with 503 and `Retry-After` ("Scalability and performance targets"). */
function busyStorage(
  response: PipelineResponse,
  body: Uint8Array,
  exchange: Exchange,
  clock: Clock,
): TransientFailure {
  const { status, headers, request } = response;
  const answer = { status, header: (name: string) => headers.get(name), body, foreign: true };
  // The exchange is read when the error is made, because the retries record the refused wait in it.
  return new TransientFailure(
    (attempts) => responseError(answer, { ...exchange, url: request.url, attempts }),
    { retryAfterMs: retryAfterOf(headers, clock.now()) },
  );
}
