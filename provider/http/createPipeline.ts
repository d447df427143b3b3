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
 * The pipeline that sends all requests, from the caller to the network. Every policy is our own, because
 * the library's policies for retry, redirect, decompression, logging and bearer tokens each do something
 * that must not happen here: waits without a limit, repeated PATCH requests, tokens sent to other
 * origins, signed URLs in the log.
 */
export function createPipeline(parts: PipelineParts): Pipeline {
  const { endpoint, clock } = parts;
  const pipeline = createEmptyPipeline();
  // Once per request, however many attempts it takes.
  pipeline.addPolicy(telemetryPolicy(parts.userAgent));
  // Outside everything that can fail: each attempt starts again at the registry, including the redirect.
  pipeline.addPolicy(retryPolicy(parts.retry));
  // Inside the retries, so that an answer that breaks off counts as a failed attempt.
  pipeline.addPolicy(answerPolicy());
  // Outside the authorization: the request to another origin is a new one, to which no token is added.
  pipeline.addPolicy(
    redirectPolicy({ origin: endpoint.origin, allowedHosts: parts.allowedRedirectHosts }, clock),
  );
  // Before the limiter, so that a request that waits for a token does not occupy a slot.
  pipeline.addPolicy(authorizationPolicy(parts.authorizer, endpoint));
  // Also before the limiter, because opening a source may need slots itself.
  pipeline.addPolicy(sourcePolicy(parts.limiter.maxConcurrency));
  // Each attempt, and each request for a token, waits for a slot.
  pipeline.addPolicy(limiterPolicy(parts.limiter, endpoint.origin));
  // After everything that changes the request, so that the log shows what is really sent.
  pipeline.addPolicy(logPolicy(clock, parts.log));
  pipeline.addPolicy(parts.connections.policy);
  // Last, so that our own waiting does not count as silence of the server.
  pipeline.addPolicy(guardPolicy({ clock, idleTimeoutMs: parts.idleTimeoutMs }));
  return pipeline;
}
