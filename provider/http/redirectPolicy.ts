import {
  createPipelineRequest,
  type PipelinePolicy,
  type PipelineRequest,
  type PipelineResponse,
  type SendRequest,
} from "@azure/core-rest-pipeline";
import { ProtocolError, RegistryError } from "../errors.js";
import { drain } from "./answerPolicy.js";
import { type Exchange, bindExchange, exchangeOf } from "./exchange.js";
import { TransientFailure, unavailable } from "./failure.js";
import { locationOf } from "./redaction.js";
import { type RedirectRules, redirectTarget } from "./redirectTarget.js";

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const MAX_HOPS = 3;
/** All that another origin learns of us. */
const FORWARDED = ["Accept", "Range", "User-Agent"];

/**
 * Follows the redirect of a blob read to blob storage, by hand and without credentials: every hop is a
 * new request that never had any. What the storage refuses is a failed download; it never starts the
 * sign-in, which would carry a token to wherever the redirect led.
 */
export function redirectPolicy(rules: RedirectRules): PipelinePolicy {
  return {
    name: "acrRedirect",
    async sendRequest(request, next) {
      const exchange = exchangeOf(request);
      const first = await next(request);
      if (!exchange.followRedirect || !REDIRECTS.has(first.status)) return first;
      const stored = await follow(first, exchange, next, rules);
      if (!isRefusal(stored)) return stored;
      // The signature in the URL lasts minutes; the registry makes a new one for the asking.
      await drain(stored);
      const again = await next(request);
      if (!REDIRECTS.has(again.status)) return again;
      const last = await follow(again, exchange, next, rules);
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
  rules: RedirectRules,
): Promise<PipelineResponse> {
  let response = start;
  for (let hop = 0; hop < MAX_HOPS; hop += 1) {
    await drain(response);
    const from = response.request.url;
    const location = response.headers.get("Location");
    const target = redirectTarget(location, from, rules, exchange.operation);
    response = await next(storageRequest(target, start.request, exchange));
    if (response.status === 429 || response.status === 408 || response.status >= 500) {
      await drain(response);
      throw busyStorage(response, exchange);
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
  return bindExchange(request, { ...exchange, url: target.href, scopes: undefined });
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

function busyStorage(response: PipelineResponse, exchange: Exchange): TransientFailure {
  const cause = new Error(`the blob storage answered ${response.status}`);
  const elsewhere = { ...exchange, url: response.request.url };
  return new TransientFailure((attempts) =>
    unavailable(cause, `status ${response.status}`, attempts, elsewhere),
  );
}
