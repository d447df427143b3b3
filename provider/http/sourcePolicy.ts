import { Readable } from "node:stream";
import type { PipelinePolicy } from "@azure/core-rest-pipeline";
import { Slots } from "../concurrency/limit.js";
import { untilAborted } from "../concurrency/singleFlight.js";
import { aborted } from "./clock.js";
import { exchangeOf } from "./exchange.js";
import { SourceFailure } from "./failure.js";
import type { RequestBody } from "./transport.js";

/** A request body that is read while it is sent. */
export type StreamedBody = Exclude<RequestBody, Uint8Array>;

/**
 * Opens the source of a request body, anew for each attempt and before the attempt takes a slot. Opening
 * may need requests itself, even to the same registry (a copy within one). Those must not wait for the
 * slot of the upload, and the registry must not wait for them.
 *
 * At most one source fewer is open than the limiter has slots. The last slot is left for the requests
 * that read from the sources.
 */
export function sourcePolicy(maxConcurrency: number): PipelinePolicy {
  const slots = new Slots(Math.max(1, maxConcurrency - 1));
  return {
    name: "acrSource",
    async sendRequest(request, next) {
      const exchange = exchangeOf(request);
      const { body, signal } = exchange;
      if (body === undefined || body instanceof Uint8Array) return await next(request);
      const release = await slots.take(signal).catch(() => {
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
    // The source is no longer needed when it arrives.
    opening.then(giveUp, () => undefined);
    throw aborted(signal);
  }
}

/**
 * Adds an error listener, without which an error would end the process. The reader of the source gets the
 * error anyway.
 */
export function withErrorListener<S extends AsyncIterable<Uint8Array>>(source: S): S {
  if (source instanceof Readable) source.on("error", () => undefined);
  return source;
}

/** Closes a source, whether it was read or not. */
export function giveUp(source: AsyncIterable<Uint8Array>): void {
  if (source instanceof Readable) source.destroy();
  // The source is given up, so an error while closing does not matter.
  else if (isGenerator(source)) source.return(undefined).catch(() => undefined);
}

function isGenerator(source: AsyncIterable<Uint8Array>): source is AsyncGenerator<Uint8Array> {
  return "return" in source && typeof source.return === "function";
}
