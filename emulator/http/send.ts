import { createReadStream } from "node:fs";
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";

import type { Answer, FileSlice } from "./answer.js";

/** How to damage an answer. */
export interface Damage {
  /** Cut the connection after this many bytes of the body. */
  readonly truncateAt?: number;
  /** Flip one bit. */
  readonly corrupt?: boolean;
}

export interface Sending {
  readonly answer: Answer;
  readonly response: ServerResponse;
  /**
   * The connection of the request. A response queued behind another one has no socket yet and emits no
   * `close`.
   */
  readonly connection: Socket;
  readonly withBody: boolean;
  readonly damage: Damage;
  readonly onSent: (bytes: number) => void;
}

/**
 * Sends the head and the body of an answer; resolves when the last byte was passed to the connection.
 */
export async function send(sending: Sending): Promise<void> {
  const { answer, response, withBody, damage } = sending;
  const headers = { ...answer.headers };
  const digest = headers["Docker-Content-Digest"];
  const onlyHead = !withBody || answer.body === undefined;
  if (damage.corrupt === true && onlyHead && typeof digest === "string") {
    headers["Docker-Content-Digest"] = flipDigit(digest);
  }
  const length = contentLength(answer);
  if (length !== undefined) headers["Content-Length"] = length;
  response.writeHead(answer.status, headers);
  if (damage.truncateAt !== undefined) {
    response.flushHeaders();
    await writeBody(sending, damage.truncateAt);
    // `destroySoon` sends what was written; a reset could overtake it.
    response.socket?.destroySoon();
    return;
  }
  if (withBody) await writeBody(sending, Infinity);
  response.end();
  if (!response.writableFinished) await eventOrGone(sending, "finish");
}

function contentLength(answer: Answer): number | undefined {
  if (answer.contentLength !== undefined) return answer.contentLength;
  if (answer.chunked === true || [204, 304].includes(answer.status)) return undefined;
  if (answer.body === undefined) return 0;
  return Buffer.isBuffer(answer.body) ? answer.body.length : sliceLength(answer.body);
}

function sliceLength(slice: FileSlice): number {
  return slice.end - slice.start + 1;
}

async function writeBody(sending: Sending, limit: number): Promise<void> {
  const { answer, response, damage, onSent } = sending;
  if (answer.body === undefined) return;
  let room = limit;
  let corrupt = damage.corrupt === true;
  for await (const part of parts(answer.body)) {
    let bytes = part.subarray(0, Math.min(room, part.length));
    if (corrupt && bytes.length > 0) {
      bytes = flipBit(bytes);
      corrupt = false;
    }
    room -= bytes.length;
    onSent(bytes.length);
    if (bytes.length > 0 && !response.write(bytes)) await eventOrGone(sending, "drain");
    if (room <= 0 || isGone(sending)) return;
  }
}

async function* parts(body: Buffer | FileSlice): AsyncGenerator<Buffer, void, undefined> {
  if (Buffer.isBuffer(body)) {
    yield body;
    return;
  }
  if (sliceLength(body) <= 0) return;
  const { path, start, end } = body;
  for await (const chunk of createReadStream(path, { start, end, highWaterMark: 1024 * 1024 })) {
    yield chunk as Buffer;
  }
}

/** Resolves with the event, or when the client disconnects. */
function eventOrGone(sending: Sending, event: "drain" | "finish"): Promise<void> {
  if (isGone(sending)) return Promise.resolve();
  const { response, connection } = sending;
  return new Promise((resolve) => {
    const done = (): void => {
      response.off(event, done).off("close", done);
      connection.off("close", done);
      resolve();
    };
    response.once(event, done).once("close", done);
    connection.once("close", done);
  });
}

function isGone({ response, connection }: Sending): boolean {
  return response.closed || connection.destroyed;
}

function flipBit(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  const middle = copy.length >> 1;
  copy[middle] = (copy[middle] ?? 0) ^ 1;
  return copy;
}

function flipDigit(header: string): string {
  return `${header.slice(0, -1)}${header.endsWith("0") ? "1" : "0"}`;
}
