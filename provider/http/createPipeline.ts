import { createEmptyPipeline, type Pipeline } from "@azure/core-rest-pipeline";
import type { Authorizer } from "../auth/authorizer.js";
import type { RegistryEndpoint } from "../oci/loginServer.js";
import { answerPolicy } from "./answerPolicy.js";
import { authorizationPolicy } from "./authorizationPolicy.js";
import type { Clock } from "./clock.js";
import type { Connections } from "./connectionPolicy.js";
import { guardPolicy } from "./guardPolicy.js";
import { type LimiterOptions, limiterPolicy } from "./limiterPolicy.js";
import { logPolicy } from "./logPolicy.js";
import { redirectPolicy } from "./redirectPolicy.js";
import { type RetryOptions, retryPolicy } from "./retryPolicy.js";
import { sourcePolicy } from "./sourcePolicy.js";
import { telemetryPolicy } from "./telemetryPolicy.js";

export interface PipelineParts {
  readonly endpoint: RegistryEndpoint;
  readonly authorizer: Authorizer;
  readonly clock: Clock;
  readonly userAgent: string;
  readonly log?: ((line: string) => void) | undefined;
  readonly idleTimeoutMs: number;
  readonly allowedRedirectHosts: readonly string[];
  readonly retry: RetryOptions;
  readonly limiter: LimiterOptions;
  readonly connections: Connections;
}

/**
 * The way of a request, from the caller to the wire. All policies are ours: the library's own retry,
 * redirect, decompression, log and bearer policies each do something that must not happen here
 * (unclamped waits, PATCH sent twice, tokens to other origins, URLs with signatures in the log).
 */
export function createPipeline(parts: PipelineParts): Pipeline {
  const { endpoint, clock } = parts;
  const pipeline = createEmptyPipeline();
  // Once per request, whatever its number of attempts.
  pipeline.addPolicy(telemetryPolicy(parts.userAgent));
  // Around everything that can fail: an attempt begins at the registry, redirect included.
  pipeline.addPolicy(retryPolicy(parts.retry));
  // Inside the retries: an answer that breaks off is a failed attempt.
  pipeline.addPolicy(answerPolicy());
  // Outside the authorization, with new requests, which the authorization then leaves alone.
  pipeline.addPolicy(
    redirectPolicy({ origin: endpoint.origin, allowedHosts: parts.allowedRedirectHosts }, clock),
  );
  // Before the limiter: whoever waits for a token takes nobody's place.
  pipeline.addPolicy(authorizationPolicy(parts.authorizer, endpoint));
  // Before the limiter, too: what opens a source may need its places.
  pipeline.addPolicy(sourcePolicy(parts.limiter.maxConcurrency));
  // Each attempt, and each token request, waits for its turn.
  pipeline.addPolicy(limiterPolicy(parts.limiter, endpoint.origin));
  // What is logged is what goes over the wire.
  pipeline.addPolicy(logPolicy(clock, parts.log));
  pipeline.addPolicy(parts.connections.policy);
  // Last: silence is measured from here, so no wait of ours is taken for the server's.
  pipeline.addPolicy(guardPolicy({ clock, idleTimeoutMs: parts.idleTimeoutMs }));
  return pipeline;
}
