import type { OutgoingHttpHeaders } from "node:http";

import { type ErrorEntry, errorBody, jsonLine, tooManyRequests } from "../wire/errorBody.js";

/** Part of a file; both positions are inclusive. */
export interface FileSlice {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

/**
 * An answer before anything is written. It stays a value until the last moment, so that a fault can drop,
 * cut or damage any answer in one place.
 */
export interface Answer {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body?: Buffer | FileSlice;
  /**
   * Content-Length of an answer without a body, for HEAD. Absent without a body means 0, except for 204,
   * 304 and chunked answers.
   */
  readonly contentLength?: number;
  /** Whether to use chunked encoding instead of Content-Length, as the token endpoints do. */
  readonly chunked?: boolean;
}

const json = "application/json; charset=utf-8";

export function empty(status: number, headers: OutgoingHttpHeaders = {}): Answer {
  return { status, headers };
}

export function jsonAnswer(
  status: number,
  value: unknown,
  headers: OutgoingHttpHeaders = {},
): Answer {
  return { status, headers: { "Content-Type": json, ...headers }, body: jsonLine(value) };
}

export function errorAnswer(
  status: number,
  entries: ErrorEntry | readonly ErrorEntry[],
  headers: OutgoingHttpHeaders = {},
): Answer {
  const list = Array.isArray(entries)
    ? (entries as readonly ErrorEntry[])
    : [entries as ErrorEntry];
  return { status, headers: { "Content-Type": json, ...headers }, body: errorBody(list) };
}

/** `Retry-After` is in whole seconds. */
export function throttledAnswer(retryAfter: number, headers: OutgoingHttpHeaders): Answer {
  return errorAnswer(429, tooManyRequests, { ...headers, "Retry-After": String(retryAfter) });
}

export function textAnswer(status: number, contentType: string, text: string): Answer {
  return { status, headers: { "Content-Type": contentType }, body: Buffer.from(text) };
}

/** Thrown by a handler to answer at once. */
export class Refusal extends Error {
  constructor(readonly answer: Answer) {
    super(`Refused with status ${String(answer.status)}.`);
  }
}

/** Thrown by a handler to cut the connection instead of answering. */
export class ConnectionCut extends Error {}

export function refuse(status: number, entry: ErrorEntry): never {
  throw new Refusal(errorAnswer(status, entry));
}
