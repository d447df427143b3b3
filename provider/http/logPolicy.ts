import { createClientLogger, type AzureLogger } from "@azure/logger";
import type { PipelinePolicy } from "@azure/core-rest-pipeline";
import type { Clock } from "./clock.js";
import { exchangeOf } from "./exchange.js";
import { codeOf } from "./failure.js";
import { redactHeaders, redactUrl } from "./redaction.js";

/** Shown with `AZURE_LOG_LEVEL=info`, or by `setLogLevel` of `@azure/logger`. */
const logger: AzureLogger = createClientLogger("pulumi-acr");

/**
 * Logs one line when a request is sent and one when its answer begins, without secrets or bodies. The
 * lines also go to `log`, because a program in ES modules has its own copy of `@azure/logger` and cannot
 * switch ours on.
 */
export function logPolicy(clock: Clock, log?: (line: string) => void): PipelinePolicy {
  const tell = (level: "info" | "warning", line: string): void => {
    logger[level](line);
    log?.(line);
  };
  return {
    name: "acrLog",
    async sendRequest(request, next) {
      if (!logger.info.enabled && log === undefined) return await next(request);
      const started = clock.now();
      const what = `${request.method} ${redactUrl(request.url)}`;
      const attempt = exchangeOf(request).attempts + 1;
      tell("info", `-> ${what} (attempt ${attempt}) ${shown(request.headers)}`);
      try {
        const response = await next(request);
        const ms = clock.now() - started;
        tell("info", `<- ${response.status} ${what} ${ms} ms ${shown(response.headers)}`);
        return response;
      } catch (error) {
        const kind = error instanceof Error ? error.name : "unknown";
        tell("warning", `<- ${kind} ${codeOf(error)} ${what} ${clock.now() - started} ms`);
        throw error;
      }
    },
  };
}

function shown(headers: Iterable<[string, string]>): string {
  return JSON.stringify(redactHeaders(headers));
}
