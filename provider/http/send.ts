import { Readable } from "node:stream";
import {
  createPipelineRequest,
  type HttpClient,
  type Pipeline,
  type PipelineResponse,
} from "@azure/core-rest-pipeline";
import { linkedSignal } from "../concurrency/linkedSignal.js";
import { InputError } from "../errors.js";
import { sameOrigin } from "../oci/origin.js";
import { tooLarge } from "./answerPolicy.js";
import { readCapped } from "./downloadBody.js";
import { type Exchange, bindExchange } from "./exchange.js";
import { responseError } from "./responseError.js";
import type { RegistryRequest, RegistryResponse } from "./transport.js";

export interface Sender {
  readonly origin: string;
  readonly pipeline: Pipeline;
  readonly httpClient: HttpClient;
  /**
   * Aborted when the transport is closed. Nothing continues after that, not even requests for tokens.
   */
  readonly closing: AbortSignal;
}

/** A request of the client, or one for a token, which has no scopes. */
export type Outgoing = Omit<RegistryRequest, "scopes"> & Partial<Pick<RegistryRequest, "scopes">>;

/** Sends a request through the pipeline. An answer with an unexpected status becomes an error. */
export async function send(sender: Sender, outgoing: Outgoing): Promise<RegistryResponse> {
  const link = linkedSignal(outgoing.signal, sender.closing);
  try {
    const response = await exchanged(sender, outgoing, link.signal);
    response.ended(link.unlink);
    return response;
  } catch (error) {
    link.unlink();
    throw error;
  }
}

interface Answer extends RegistryResponse {
  /** Calls `then` when the body has ended or was closed, possibly at once. */
  ended(then: () => void): void;
}

async function exchanged(sender: Sender, outgoing: Outgoing, signal: AbortSignal): Promise<Answer> {
  const url = urlOf(sender.origin, outgoing.path);
  const exchange = newExchange(url, outgoing, signal);
  const request = createPipelineRequest({
    url,
    method: outgoing.method,
    allowInsecureConnection: sender.origin.startsWith("http:"),
    streamResponseStatusCodes: new Set([Number.POSITIVE_INFINITY]),
  });
  for (const [name, value] of Object.entries(outgoing.headers ?? {})) {
    request.headers.set(name, checkHeader(name, value));
  }
  const response = await sender.pipeline.sendRequest(
    sender.httpClient,
    bindExchange(request, exchange),
  );
  const header = (name: string): string | undefined => response.headers.get(name);
  if (!exchange.expect.includes(response.status)) {
    const body = exchange.bytes ?? new Uint8Array();
    const { url } = response.request;
    const foreign = !sameOrigin(url, sender.origin);
    throw responseError({ status: response.status, header, body, foreign }, { ...exchange, url });
  }
  return { status: response.status, header, ...bodyOf(response, exchange) };
}

/**
 * Builds the URL and checks that it is the intended one: the URL parser resolves dot segments, even
 * encoded ones, and cuts at `#`.
 */
function urlOf(origin: string, path: string): string {
  const url = URL.parse(origin + path);
  if (
    url !== null &&
    url.origin === origin &&
    url.pathname === path.split("?", 1)[0] &&
    url.hash === ""
  ) {
    return url.href;
  }
  throw new InputError(
    "path",
    `${JSON.stringify(path.slice(0, 200))} is not a path below the registry`,
  );
}

/** The HTTP client silently removes line breaks, and would send another value. */
function checkHeader(name: string, value: string): string {
  if (/^[\t\x20-\x7e]*$/.test(value)) return value;
  throw new InputError(name, `the value of the header ${name} has characters that cannot be sent`);
}

function newExchange(url: string, outgoing: Outgoing, signal: AbortSignal): Exchange {
  const { method, operation, expect, repeatable, scopes, body } = outgoing;
  return {
    method,
    url,
    operation,
    scopes,
    expect,
    repeatable,
    followRedirect: outgoing.followRedirect ?? false,
    redirected: false,
    waitForAccess: outgoing.waitForAccess ?? true,
    body,
    signal,
    source: undefined,
    proxy: undefined,
    attempts: 0,
    throttledSince: undefined,
    refusedWaitMs: undefined,
    bytes: undefined,
  };
}

function bodyOf(
  response: PipelineResponse,
  exchange: Exchange,
): Pick<Answer, "bytes" | "stream" | "discard" | "ended"> {
  const body = response.readableStreamBody as Readable | undefined;
  const stream = (): Readable => {
    if (exchange.bytes !== undefined) return Readable.from([exchange.bytes], { objectMode: false });
    return body ?? Readable.from([], { objectMode: false });
  };
  return {
    stream,
    bytes: async (limit) => {
      const { bytes, complete } = await readCapped(stream(), limit);
      if (!complete) throw tooLarge(exchange, limit);
      return bytes;
    },
    discard: () => {
      stream().destroy();
      return Promise.resolve();
    },
    ended: (then) => {
      if (body === undefined || body.destroyed || exchange.bytes !== undefined) then();
      else body.once("close", then);
    },
  };
}
