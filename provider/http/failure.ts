import { isLoopback } from "../oci/loginServer.js";
import { printable } from "../oci/printable.js";
import { ProtocolError, RegistryError, type AcrError } from "../errors.js";
import type { Exchange } from "./exchange.js";
import { locationOf } from "./redaction.js";
import { UNREACHED, UNRESOLVED, whatFailed, whatToDo } from "./unreached.js";

/** A failure that another attempt may not have. */
export class TransientFailure extends Error {
  override readonly name = "TransientFailure";
  /** Whether it is certain that the registry did not receive the request. */
  readonly notReceived: boolean;
  /** Whether the registry's name did not resolve. */
  readonly unresolved: boolean;
  /** The wait that the server asked for, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** Most retries for this failure, if fewer than usual. */
  readonly maxRetries: number;
  readonly #toError: (attempts: number) => AcrError;

  constructor(
    toError: (attempts: number) => AcrError,
    facts: {
      notReceived?: boolean;
      unresolved?: boolean;
      retryAfterMs?: number | undefined;
      maxRetries?: number;
    } = {},
  ) {
    super("transient");
    this.#toError = toError;
    this.notReceived = facts.notReceived ?? false;
    this.unresolved = facts.unresolved ?? false;
    this.retryAfterMs = facts.retryAfterMs;
    this.maxRetries = facts.maxRetries ?? Number.POSITIVE_INFINITY;
  }

  toError(attempts: number): AcrError {
    return this.#toError(attempts);
  }
}

/** Marks an error of a request body's source, which is passed on unchanged and not retried. */
export class SourceFailure extends Error {
  override readonly name = "SourceFailure";

  constructor(cause: unknown) {
    super("source", { cause });
  }
}

/** Codes of failures to connect: nothing was sent. */
const UNCONNECTED: ReadonlySet<string> = new Set([...UNREACHED, "EMFILE", "ENFILE"]);
const CUT: ReadonlySet<string> = new Set([
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "ESOCKETTIMEDOUT",
  "ENETDOWN",
  "ENETRESET",
  "ERR_STREAM_PREMATURE_CLOSE",
  "ERR_SOCKET_CONNECTION_TIMEOUT",
  "REQUEST_SEND_ERROR",
]);
/** OpenSSL's reasons for an answer that is not TLS. */
const NO_TLS = /^(?:wrong version number|packet length too long|http request)$/;
const TLS =
  /^(?:ERR_TLS_|ERR_SSL_|EPROTO$|CERT_|CRL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERROR_IN_CERT|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH|PATH_LENGTH_EXCEEDED)/;

/** Classifies a rejection of the HTTP client: transient, or a final error. */
export function failureOf(error: unknown, exchange: Exchange): TransientFailure | AcrError {
  const code = codeOf(error);
  if (TLS.test(code)) return tlsError(error, code, exchange);
  if (code === "HPE_HEADER_OVERFLOW") {
    return new ProtocolError(`${exchange.operation}: the answer's headers are larger than 16 KiB`, {
      cause: bare(error),
    });
  }
  const notReceived = UNCONNECTED.has(code) || /^connect /.test(messageOf(error));
  if (notReceived || CUT.has(code) || code.startsWith("HPE_")) {
    // A name that does not exist is usually mistyped, so few retries suffice.
    const maxRetries = code === "ENOTFOUND" ? 2 : Number.POSITIVE_INFINITY;
    // The name of a new registry may resolve later. This does not apply to a proxy or a storage host.
    const registry = exchange.proxy === undefined && !exchange.redirected;
    const unresolved = UNRESOLVED.has(code) && registry;
    const facts = { notReceived, unresolved, maxRetries };
    return new TransientFailure((attempts) => unavailable(error, code, attempts, exchange), facts);
  }
  return unavailable(error, code, exchange.attempts, exchange);
}

/** The error of a connection that failed or broke off. */
function unavailable(
  cause: unknown,
  code: string,
  attempts: number,
  exchange: Exchange,
): RegistryError {
  const { method, url, operation } = exchange;
  const tries = attempts > 1 ? `, after ${attempts} attempts` : "";
  return new RegistryError(
    "UNAVAILABLE",
    `${operation}: ${whatFailed(code, bare(cause).message, exchange)}${tries}${whatToDo(code, exchange)}`,
    { method, url: locationOf(url), cause: bare(cause) },
  );
}

export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === "string" ? code : "";
}

/**
 * A copy of an error with only its text and code: errors of the HTTP client contain the request, and so
 * its headers.
 */
function bare(error: unknown): Error {
  const kept = new Error(messageOf(error).replace(/\?\S*/g, "?…"));
  return Object.assign(kept, { code: codeOf(error) });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? printable(error.message, 300) : "unknown error";
}

function tlsError(error: unknown, code: string, exchange: Exchange): RegistryError {
  const { method, url, operation } = exchange;
  const text = messageOf(error);
  // OpenSSL's messages contain its source files; the reason stands in between.
  const reason = /:SSL routines:[^:]*:([^:]+)/.exec(text)?.[1];
  return new RegistryError(
    "TLS_FAILED",
    `${operation}: ${whoOf(exchange)} ${tlsFault(reason, text)} (${code}). ${tlsAdvice(code, reason, url)}`,
    { method, url: locationOf(url), cause: bare(error) },
  );
}

function tlsFault(reason: string | undefined, text: string): string {
  if (reason === undefined) return `cannot be trusted: ${text}`;
  return NO_TLS.test(reason)
    ? `does not answer in TLS: ${reason}`
    : `ended the TLS handshake: ${reason}`;
}

function tlsAdvice(code: string, reason: string | undefined, url: string): string {
  if (code === "CERT_HAS_EXPIRED" || code === "CERT_NOT_YET_VALID") {
    return "Renew the certificate, or set this machine's clock";
  }
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") return "Use the name that the certificate is for";
  if (reason !== undefined && !NO_TLS.test(reason)) {
    return /certificate/.test(reason)
      ? "It may ask for a client certificate, which an `httpClient` of your own can present"
      : "It may want another version of TLS or a client certificate, or a proxy may be in between";
  }
  if (code === "EPROTO" || code.startsWith("ERR_SSL_")) {
    const { host, hostname } = new URL(url);
    return isLoopback(hostname)
      ? `A registry on this machine that does not use TLS is named with its scheme: "http://${host}"`
      : "The port may not speak https, or a proxy may be in between";
  }
  return "If it has a certificate authority of its own, give that one (`caCertificate`, or NODE_EXTRA_CA_CERTS)";
}

/** With a proxy that itself uses TLS, either side may be the cause. */
function whoOf({ url, proxy }: Exchange): string {
  const host = URL.parse(url)?.host ?? "the registry";
  return proxy === undefined ? host : `${host}, reached through the proxy ${proxy},`;
}
