import type { Readable } from "node:stream";
import type { PipelinePolicy, PipelineResponse } from "@azure/core-rest-pipeline";
import { ProtocolError, hasCode } from "../errors.js";
import { readCapped } from "./downloadBody.js";
import { type Exchange, exchangeOf } from "./exchange.js";
import { TransientFailure } from "./failure.js";
import { ERROR_BODY_LIMIT } from "./responseError.js";
import { quoted } from "../oci/printable.js";

/** Largest manifest or page of a list. The service and all clients read up to 4 MiB. */
const ANSWER_LIMIT = 4 * 1024 * 1024;

/**
 * Reads answers into memory, except for blobs. It runs inside the retries, so that an answer that breaks
 * off is requested again.
 */
export function answerPolicy(): PipelinePolicy {
  return {
    name: "acrAnswer",
    async sendRequest(request, next) {
      const exchange = exchangeOf(request);
      const response = await next(request);
      const expected = exchange.expect.includes(response.status);
      if (expected) checkEncoding(response, exchange);
      if (!expected || !exchange.followRedirect) {
        exchange.bytes = await readAnswer(response, exchange, expected);
      }
      return response;
    },
  };
}

/**
 * Refuses compressed answers. We do not send `Accept-Encoding`, and digests are computed over the bytes
 * as received.
 */
function checkEncoding(response: PipelineResponse, exchange: Exchange): void {
  const encoding = response.headers.get("Content-Encoding");
  if (encoding === undefined || encoding.trim().toLowerCase() === "identity") return;
  destroyBody(response);
  throw new ProtocolError(
    `${exchange.operation}: the answer came with Content-Encoding ${quoted(encoding, 40)}, which was ` +
      `not asked for: a proxy in between may have changed it`,
  );
}

async function readAnswer(
  response: PipelineResponse,
  exchange: Exchange,
  expected: boolean,
): Promise<Uint8Array> {
  const body = response.readableStreamBody as Readable | undefined;
  if (body === undefined) return new Uint8Array();
  const limit = expected ? ANSWER_LIMIT : ERROR_BODY_LIMIT;
  const length = Number(response.headers.get("Content-Length") ?? "0");
  if (expected && length > limit) {
    destroyBody(response);
    throw tooLarge(exchange, limit);
  }
  const { bytes, complete } = await readOrFail(body, limit, exchange);
  if (expected && !complete) throw tooLarge(exchange, limit);
  return bytes;
}

async function readOrFail(
  body: Readable,
  limit: number,
  exchange: Exchange,
): ReturnType<typeof readCapped> {
  try {
    return await readCapped(body, limit);
  } catch (error) {
    if (!hasCode(error, "UNAVAILABLE", "STALLED")) throw error;
    throw new TransientFailure(() => error);
  } finally {
    exchange.bytes = undefined;
  }
}

export function tooLarge(exchange: Exchange, limit: number): ProtocolError {
  return new ProtocolError(
    `${exchange.operation}: the answer is larger than ${limit} bytes and was not read`,
  );
}

function destroyBody(response: PipelineResponse): void {
  (response.readableStreamBody as Readable | undefined)?.destroy();
}

/**
 * Reads the rest of an answer, up to the size of an error's body, so that its connection can be reused.
 */
export async function drain(response: PipelineResponse): Promise<Uint8Array> {
  const body = response.readableStreamBody as Readable | undefined;
  if (body === undefined) return new Uint8Array();
  try {
    return (await readCapped(body, ERROR_BODY_LIMIT)).bytes;
  } catch {
    // The bytes are not needed. A broken connection is not reused anyway.
    body.destroy();
    return new Uint8Array();
  }
}
