import { Readable } from "node:stream";
import {
  RestError,
  createHttpHeaders,
  type HttpClient,
  type PipelineRequest,
} from "@azure/core-rest-pipeline";
import { type TransportOptions, createTransport } from "../../../provider/http/createTransport.js";
import type { RegistryRequest } from "../../../provider/http/transport.js";
import { repositoryScope } from "../../../provider/auth/scope.js";
import { parseLoginServer } from "../../../provider/oci/loginServer.js";
import { VirtualClock } from "./virtualClock.js";

export interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** A request as sent, without its body. */
export interface Sent {
  readonly method: string;
  readonly url: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly at: number;
}

/** Gives the result of a request: an answer or an error code. */
export type Script = (sent: Sent, number: number) => Answer | string;

const TOKEN_PATHS = ["/oauth2/token", "/oauth2/exchange"];

export const jwt = (claims: Record<string, unknown>): string =>
  `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.c2ln`;

export const json = (value: unknown, status = 200): Answer => ({
  status,
  headers: { "content-type": "application/json; charset=utf-8" },
  body: JSON.stringify(value),
});

export const ociError = (status: number, code: string, message = "said so"): Answer =>
  json({ errors: [{ code, message }] }, status);

let registries = 0;

/**
 * A transport over a registry that follows a script, in virtual time. Token requests are answered well
 * unless `tokens` says otherwise, and counted apart.
 */
export function scriptedRegistry(
  script: Script,
  options: Partial<TransportOptions> & { readonly tokens?: Script } = {},
) {
  const clock = new VirtualClock();
  const sent: Sent[] = [];
  const tokens: Sent[] = [];
  registries += 1;
  const loginServer = `r${registries}.azurecr.io`;
  const goodToken: Script = () =>
    json({ access_token: jwt({ exp: clock.now() / 1000 + 4500, jti: tokens.length }) });
  const httpClient: HttpClient = {
    sendRequest(request) {
      const url = new URL(request.url);
      const isToken = TOKEN_PATHS.includes(url.pathname);
      const list = isToken ? tokens : sent;
      const entry = describeRequest(request, url, clock.now());
      list.push(entry);
      const answer = (isToken ? (options.tokens ?? goodToken) : script)(entry, list.length);
      if (typeof answer === "string") {
        return Promise.reject(new RestError(`failed ${request.url}`, { code: answer, request }));
      }
      const { status, headers, body } = answer;
      return Promise.resolve({
        request,
        status,
        headers: createHttpHeaders(headers),
        ...(request.method === "HEAD"
          ? {}
          : {
              readableStreamBody: Readable.from([Buffer.from(body ?? "")], { objectMode: false }),
            }),
      });
    },
  };
  const transport = createTransport({
    endpoint: parseLoginServer(loginServer),
    credential: { kind: "token", username: "user", password: "PASSWORD-CANARY" },
    clock,
    random: () => 1,
    httpClient,
    ...options,
  });
  const ask = (request: Partial<RegistryRequest> = {}) =>
    transport.send({
      method: "GET",
      path: "/v2/a/manifests/x",
      scopes: [repositoryScope("a", "pull")],
      operation: "resolve a:x",
      expect: [200],
      repeatable: true,
      ...request,
    });
  return { transport, ask, sent, tokens, clock, loginServer };
}

function describeRequest(request: PipelineRequest, url: URL, at: number): Sent {
  const body = request.body instanceof Uint8Array ? Buffer.from(request.body).toString() : "";
  const headers: Record<string, string> = request.headers.toJSON();
  const { method } = request;
  return { method, url: url.href, path: url.pathname + url.search, headers, body, at };
}
