import { Readable } from "node:stream";
import type { PipelinePolicy } from "@azure/core-rest-pipeline";
import { Places } from "../concurrency/limit.js";
import { untilAborted } from "../concurrency/singleFlight.js";
import { aborted } from "./clock.js";
import { exchangeOf } from "./exchange.js";
import { SourceFailure } from "./failure.js";
import type { RequestBody } from "./transport.js";

/** A body that is read while it is sent. */
export type StreamedBody = Exclude<RequestBody, Uint8Array>;

/**
 * Opens what a request is read from, anew for each attempt and before it takes its turn. To open it may
 * need requests itself, even to the same registry (a copy within one): they must wait for nothing that
 * the upload holds, and the registry must not be kept waiting for them.
 *
 * There are at most as many open sources as the limiter has places, less one: that one is left for what
 * an upload under way has yet to read.
 */
export function sourcePolicy(maxConcurrency: number): PipelinePolicy {
  const places = new Places(Math.max(1, maxConcurrency - 1));
  return {
    name: "acrSource",
    async sendRequest(request, next) {
      const exchange = exchangeOf(request);
      const { body, signal } = exchange;
      if (body === undefined || body instanceof Uint8Array) return await next(request);
      const release = await places.take(signal).catch(() => {
        throw aborted(signal);
      });
      try {
        exchange.source = await openSource(body, signal);
        return await next(request);
      } catch (error) {
        if (exchange.source !== undefined) giveUp(exchange.source);
        throw error;
      } finally {
        exchange.source = undefined;
        release();
      }
    },
  };
}

async function openSource(
  body: StreamedBody,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const opening = Promise.resolve().then(async () => withErrorListener(await body.open()));
  try {
    return await untilAborted(opening, signal);
  } catch (error) {
    if (!signal.aborted) throw new SourceFailure(error);
    // What comes now is not wanted any more.
    opening.then(giveUp, () => undefined);
    throw aborted(signal);
  }
}

/** Who iterates it gets its error; without a listener it would also end the process. */
function withErrorListener(source: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  if (source instanceof Readable) source.on("error", () => undefined);
  return source;
}

/** Closes a source, whether it was read or not. */
export function giveUp(source: AsyncIterable<Uint8Array>): void {
  if (source instanceof Readable) source.destroy();
  // One that fails while it is given up says nothing new.
  else if (isGenerator(source)) source.return(undefined).catch(() => undefined);
}

function isGenerator(source: AsyncIterable<Uint8Array>): source is AsyncGenerator<Uint8Array> {
  return "return" in source && typeof source.return === "function";
}
