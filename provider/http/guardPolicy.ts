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
 * Closest to the wire: guards the request body of this attempt, watches both directions for silence, and
 * says in our words what went wrong.
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
  // Chunked framing is refused by the service (400 CONTENT_LENGTH_INVALID): the length is always said.
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
  // What is watched from now on is the answer.
  body?.unwatch();
  const close = (): void => {
    body?.destroy();
    // An answer that came before the request was sent leaves a connection that cannot be used again.
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
