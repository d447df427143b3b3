import { createClientLogger, type AzureLogger } from "@azure/logger";
import type { PipelinePolicy } from "@azure/core-rest-pipeline";
import type { Clock } from "./clock.js";
import { exchangeOf } from "./exchange.js";
import { codeOf } from "./failure.js";
import { redactHeaders, redactUrl } from "./redaction.js";

/** Shown with `AZURE_LOG_LEVEL=info`, or by `setLogLevel` of `@azure/logger`. */
export const logger: AzureLogger = createClientLogger("pulumi-acr");

/** One line when a request goes out and one when its answer begins; nothing secret, no bodies. */
export function logPolicy(clock: Clock): PipelinePolicy {
  return {
    name: "acrLog",
    async sendRequest(request, next) {
      if (!logger.info.enabled) return await next(request);
      const started = clock.now();
      const what = `${request.method} ${redactUrl(request.url)}`;
      const attempt = exchangeOf(request).attempts + 1;
      logger.info(`-> ${what} (attempt ${attempt}) ${shown(request.headers)}`);
      try {
        const response = await next(request);
        const ms = clock.now() - started;
        logger.info(`<- ${response.status} ${what} ${ms} ms ${shown(response.headers)}`);
        return response;
      } catch (error) {
        const kind = error instanceof Error ? error.name : "unknown";
        logger.warning(`<- ${kind} ${codeOf(error)} ${what} ${clock.now() - started} ms`);
        throw error;
      }
    },
  };
}

function shown(headers: Iterable<[string, string]>): string {
  return JSON.stringify(redactHeaders(headers));
}
