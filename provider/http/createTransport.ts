import { createDefaultHttpClient, type HttpClient } from "@azure/core-rest-pipeline";
import { Authorizer } from "../auth/authorizer.js";
import type { Credential } from "../auth/credential.js";
import type { RegistryEndpoint } from "../oci/loginServer.js";
import { AccessWait } from "./accessWait.js";
import { type Clock, systemClock } from "./clock.js";
import { connections } from "./connectionPolicy.js";
import { createPipeline } from "./createPipeline.js";
import type { RegistryTier, RequestRates } from "./requestRates.js";
import { DEFAULT_RETRY, type RetryLimits } from "./retryDelay.js";
import { type Sender, send } from "./send.js";
import { shareGate } from "./throttleGate.js";
import { tokenSend } from "./tokenSend.js";
import type { Transport } from "./transport.js";

/** How to reach a registry. */
export interface TransportOptions {
  readonly endpoint: RegistryEndpoint;
  readonly credential: Credential;
  /** Whom Entra tokens are for. Default: as `AZURE_CLOUDS` says for the login server's ending. */
  readonly audience?: string;
  /**
   * Where Entra tokens come from. Default: the environment variable `AZURE_AUTHORITY_HOST`, else as
   * `AZURE_CLOUDS` says for the login server's ending.
   */
  readonly authorityHost?: string;
  readonly retry?: Partial<RetryLimits>;
  /** How long nothing may move before a connection is given up. Default: 60 seconds. */
  readonly idleTimeoutMs?: number;
  /**
   * Requests at the same time, of which uploads leave one to what they are read from; with 1, that one
   * comes on top. Default: 16.
   */
  readonly maxConcurrency?: number;
  /** Put before our own name in `User-Agent`. */
  readonly userAgent?: string;
  /**
   * Told every request and every answer, in one line each, in which nothing is secret. The same lines go
   * to the logger of the Azure SDKs (`azure:pulumi-acr`), which `AZURE_LOG_LEVEL=info` shows.
   */
  readonly log?: (line: string) => void;
  /** Certificate authority of the registry, in PEM, in place of the system's. */
  readonly caCertificate?: string;
  /** No limit by default; the service's own is only noticed by its 429. */
  readonly requestsPerMinute?: number;
  /**
   * Requests a minute of each kind, or the tier of the registry for the rates that the service publishes
   * for it: what is above waits here, instead of being refused there. Default: no limit.
   */
  readonly requestRates?: RegistryTier | RequestRates;
  /** Hosts, besides those of Azure, that blob reads may be redirected to: `example.com`, `*.example.com`. */
  readonly allowedRedirectHosts?: readonly string[];
  /** Seconds to try again while the name does not resolve or access is refused. Default: 0. */
  readonly waitForAccess?: number;
  /** For tests: virtual time, fixed jitter, another way to send (to Entra, too). */
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly httpClient?: HttpClient;
}

/** A transport that can be closed: its connections end, and its part of the shared limiter. */
export interface ClosableTransport extends Transport {
  close(): void;
}

const PRODUCT = "pulumi-acr";

/**
 * Makes a transport. Nothing is sent, and no identity is looked for, before the first request. Not
 * closed, it keeps nothing alive either; its idle connections end with the process.
 */
export function createTransport(options: TransportOptions): ClosableTransport {
  const { endpoint, clock = systemClock, random = Math.random, maxConcurrency = 16 } = options;
  const limits = { ...DEFAULT_RETRY, ...options.retry };
  const shared = shareGate(endpoint.loginServer);
  const held = connections({ maxConcurrency, caCertificate: options.caCertificate });
  const authorizer = authorizerFor(options, clock, () => sender);
  const access = new AccessWait(clock, options.waitForAccess ?? 0);
  const { gate } = shared;
  const { requestsPerMinute, requestRates } = options;
  const rates = { requestsPerMinute, requestRates };
  const pipeline = createPipeline({
    endpoint,
    authorizer,
    clock,
    userAgent: options.userAgent === undefined ? PRODUCT : `${options.userAgent} ${PRODUCT}`,
    log: options.log,
    idleTimeoutMs: options.idleTimeoutMs ?? 60_000,
    allowedRedirectHosts: options.allowedRedirectHosts ?? [],
    retry: { limits, clock, random, access, forgetTokens: () => authorizer.forget() },
    limiter: { ...rates, gate, clock, random, retry: limits, maxConcurrency },
    connections: held,
  });
  const httpClient = options.httpClient ?? createDefaultHttpClient();
  const closing = new AbortController();
  const sender: Sender = { origin: endpoint.origin, pipeline, httpClient, closing: closing.signal };
  return {
    loginServer: endpoint.loginServer,
    origin: endpoint.origin,
    send: (request) => send(sender, request),
    close: () => {
      closing.abort(new Error("the transport was closed"));
      held.close();
      shared.release();
    },
  };
}

function authorizerFor(options: TransportOptions, clock: Clock, sender: () => Sender): Authorizer {
  const { endpoint, credential, audience, authorityHost, httpClient } = options;
  return new Authorizer({
    endpoint,
    credential,
    send: tokenSend(sender),
    now: () => clock.now(),
    ...(audience === undefined ? {} : { audience }),
    ...(authorityHost === undefined ? {} : { authorityHost }),
    ...(httpClient === undefined ? {} : { httpClient }),
  });
}
