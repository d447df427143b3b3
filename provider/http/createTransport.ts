import { createDefaultHttpClient, type HttpClient } from "@azure/core-rest-pipeline";
import { Authorizer } from "../auth/authorizer.js";
import { checkCredential } from "../auth/checkCredential.js";
import type { Credential } from "../auth/credential.js";
import type { RegistryEndpoint } from "../oci/loginServer.js";
import { AccessWait } from "./accessWait.js";
import { checkOptions } from "./checkOptions.js";
import { type Clock, systemClock } from "./clock.js";
import { connections } from "./connectionPolicy.js";
import { createPipeline } from "./createPipeline.js";
import type { RegistryTier, RequestRates } from "./requestRates.js";
import { type RetryLimits, retryLimits } from "./retryDelay.js";
import { type Sender, send } from "./send.js";
import { shareGate } from "./throttleGate.js";
import { tokenSend } from "./tokenSend.js";
import type { Transport } from "./transport.js";

/** How to reach a registry. */
export interface TransportOptions {
  readonly endpoint: RegistryEndpoint;
  readonly credential: Credential;
  /** Audience of Entra tokens. Default: the one in `AZURE_CLOUDS` for the login server's suffix. */
  readonly audience?: string;
  /**
   * URL of Entra. Default: the environment variable `AZURE_AUTHORITY_HOST`, else the one in
   * `AZURE_CLOUDS` for the login server's suffix.
   */
  readonly authorityHost?: string;
  readonly retry?: Partial<RetryLimits>;
  /** How long a connection may be silent before it is dropped. Default: 60 seconds. */
  readonly idleTimeoutMs?: number;
  /**
   * Requests at the same time. Uploads leave one of them for reading their source; with 1, reading takes
   * a second one. Default: 16.
   */
  readonly maxConcurrency?: number;
  /** Put before the package's own name in `User-Agent`. */
  readonly userAgent?: string;
  /**
   * Called with a line for every request and every answer; no line contains a secret. The same lines go to
   * the logger of the Azure SDKs (`azure:pulumi-acr`), which `AZURE_LOG_LEVEL=info` shows.
   */
  readonly log?: (line: string) => void;
  /** Certificate authority of the registry, as PEM, instead of the system's. */
  readonly caCertificate?: string;
  /** Limit for all requests of this client together. Default: none; the service's own limit shows as 429. */
  readonly requestsPerMinute?: number;
  /**
   * The registry's tier, to stay within the rates that Microsoft publishes for it; or your own rates per
   * minute. Further requests wait here instead of being refused there. Default: no limit.
   */
  readonly requestRates?: RegistryTier | RequestRates;
  /** Hosts besides Azure's that blob reads may be redirected to: `example.com`, `*.example.com`. */
  readonly allowedRedirectHosts?: readonly string[];
  /** Seconds to keep trying while the registry's name does not resolve or access is refused. Default: 0. */
  readonly waitForAccess?: number;
  /**
   * How each request is sent, to Entra too, unless you give the credential object yourself: one of
   * `@azure/core-rest-pipeline`, or an object around it that sees and changes every attempt and answer. Unlike
   * `log`, it sees secrets.
   */
  readonly httpClient?: HttpClient;
  /** For tests: virtual time, fixed jitter. */
  readonly clock?: Clock;
  readonly random?: () => number;
}

/**
 * A transport that can be closed, which ends its connections and its use of the shared throttle gate.
 */
export interface ClosableTransport extends Transport {
  close(): void;
}

const PRODUCT = "pulumi-acr";

/**
 * Creates a transport. Nothing is sent, and no credential is obtained, before the first request. A
 * transport that is never closed does not keep the process alive.
 */
export function createTransport(options: TransportOptions): ClosableTransport {
  const { endpoint, clock = systemClock, random = Math.random, maxConcurrency = 16 } = options;
  checkOptions(options);
  checkCredential(options.credential);
  const limits = retryLimits(options.retry);
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
    closing: closing.signal,
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
