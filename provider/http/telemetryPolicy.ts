import type { PipelinePolicy } from "@azure/core-rest-pipeline";

/**
 * Names the client in `User-Agent` and gives the request an id, which the service echoes and its support
 * can look up.
 */
export function telemetryPolicy(userAgent: string): PipelinePolicy {
  return {
    name: "acrTelemetry",
    sendRequest(request, next) {
      request.headers.set("User-Agent", userAgent);
      request.headers.set("x-ms-client-request-id", request.requestId);
      return next(request);
    },
  };
}
