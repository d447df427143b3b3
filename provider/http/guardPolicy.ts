import type { Readable } from "node:stream";
import type {
  PipelinePolicy,
  PipelineRequest,
  PipelineResponse,
  SendRequest,
} from "@azure/core-rest-pipeline";
import { ProtocolError } from "../errors.js";
import { Attempt } from "./attempt.js";
import type { Clock } from "./clock.js";
import { DownloadBody } from "./downloadBody.js";
import { type Exchange, exchangeOf } from "./exchange.js";
import { type AttemptBody, attemptBody } from "./uploadGuard.js";

/**
 * The innermost policy: guards the request body of one attempt, applies the idle timeout in both
 * directions, and turns failures into our errors.
 */
export function guardPolicy(options: { clock: Clock; idleTimeoutMs: number }): PipelinePolicy {
  return {
    name: "acrGuard",
    async sendRequest(request, next) {
      const exchange = exchangeOf(request);
      const attempt = new Attempt(exchange, options.clock, options.idleTimeoutMs);
      exchange.attempts += 1;
      const body = attemptBody(attempt);
      try {
        setBody(request, body, attempt);
        attempt.watchdog.touch();
        const response = await next(request);
        attempt.watchdog.stop();
        return withGuardedBody(response, exchange, attempt, body);
      } catch (error) {
        body?.destroy();
        attempt.end();
        throw attempt.explain(error);
      }
    },
  };
}

function setBody(request: PipelineRequest, body: AttemptBody | undefined, attempt: Attempt): void {
  request.abortSignal = attempt.signal;
  if (body === undefined) return;
  // The service refuses chunked encoding (400 CONTENT_LENGTH_INVALID), so the length is always sent.
  request.headers.set("Content-Length", String(body.size));
  request.body = body.content;
}

function withGuardedBody(
  response: Awaited<ReturnType<SendRequest>>,
  exchange: Exchange,
  attempt: Attempt,
  body: AttemptBody | undefined,
): PipelineResponse {
  const sent = body?.complete() ?? true;
  // From now on, the idle timeout applies to the answer.
  body?.unwatch();
  const close = (): void => {
    body?.destroy();
    // If the answer came before the whole request was sent, the connection cannot be reused.
    attempt.end(!sent);
  };
  const source = response.readableStreamBody as Readable | undefined;
  if (!sent && response.status < 300) {
    source?.on("error", () => undefined).destroy();
    close();
    throw new ProtocolError(
      `${exchange.operation}: the registry answered ${response.status} before it had the whole body`,
    );
  }
  if (source !== undefined) response.readableStreamBody = new DownloadBody(source, attempt, close);
  else close();
  return response;
}
