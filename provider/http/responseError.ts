import { printable } from "../oci/printable.js";
import { type AcrErrorCode, type Diagnostic, RegistryError } from "../errors.js";
import { accessHint } from "./accessHint.js";
import type { Exchange } from "./exchange.js";
import { locationOf } from "./redaction.js";

/** How much of an error's body is read. */
export const ERROR_BODY_LIMIT = 64 * 1024;
const MESSAGE_LIMIT = 1000;

/** An answer with an unexpected status. */
export interface ErrorAnswer {
  readonly status: number;
  header(name: string): string | undefined;
  /** At most {@link ERROR_BODY_LIMIT} bytes; empty for HEAD. */
  readonly body: Uint8Array;
  /** Whether it comes from the target of a redirect instead of the registry. */
  readonly foreign: boolean;
}

/**
 * Error codes that say that something does not exist (distribution-spec, "Error Codes"; ACR's
 * TAG_UNKNOWN).
 */
const ABSENT: ReadonlySet<string> = new Set([
  "MANIFEST_UNKNOWN",
  "NAME_UNKNOWN",
  "TAG_UNKNOWN",
  "BLOB_UNKNOWN",
  "BLOB_UPLOAD_UNKNOWN",
]);

/** Turns an unexpected answer into an error that says what to do. */
export function responseError(answer: ErrorAnswer, exchange: Exchange): RegistryError {
  const diagnostics = readDiagnostics(answer);
  const code = codeFor(answer, diagnostics, exchange);
  const said = sayWhat(diagnostics);
  const next = advice(code, answer, diagnostics, exchange);
  const correlationId = answer.header("x-ms-correlation-request-id");
  const id = correlationId === undefined ? undefined : printable(correlationId, 100);
  const text = `${exchange.operation}: ${hostOf(exchange.url)} answered ${answer.status}${said}${attempts(exchange)}`;
  const message = `${text.slice(0, MESSAGE_LIMIT)}${next === "" ? "" : `. ${next}`}`;
  return new RegistryError(code, id === undefined ? message : `${message} (correlation id ${id})`, {
    method: exchange.method,
    url: locationOf(exchange.url),
    status: answer.status,
    diagnostics,
    ...(id === undefined ? {} : { correlationId: id }),
  });
}

function codeFor(
  answer: ErrorAnswer,
  diagnostics: readonly Diagnostic[],
  exchange: Exchange,
): AcrErrorCode {
  const says = (code: string): boolean => diagnostics.some((entry) => entry.code === code);
  const { status } = answer;
  if (status === 401) return says("DENIED") ? "DENIED" : "UNAUTHORIZED";
  if (status === 403) return "DENIED";
  if (status === 404) return isAbsent(answer, diagnostics, exchange) ? "NOT_FOUND" : "REJECTED";
  if (status === 405) {
    if (says("REGISTRY_DISALLOWED_OPERATION")) return "LOCKED";
    return says("UNSUPPORTED") ? "UNSUPPORTED" : "REJECTED";
  }
  if (status === 429) return "THROTTLED";
  if (status === 408 || status >= 500) return "UNAVAILABLE";
  return "REJECTED";
}

/**
 * Whether the registry itself says that the thing does not exist: by an error code, or, because HEAD has
 * no body, by the content type of its errors. Only such a 404 removes a resource from the state.
 */
function isAbsent(
  answer: ErrorAnswer,
  diagnostics: readonly Diagnostic[],
  exchange: Exchange,
): boolean {
  if (answer.foreign) return false;
  if (exchange.method === "HEAD") return isJson(answer);
  return diagnostics.some((entry) => ABSENT.has(entry.code));
}

function isJson(answer: ErrorAnswer): boolean {
  return /^application\/(?:[\w.-]+\+)?json\b/i.test(answer.header("content-type") ?? "");
}

/** The `errors` of the body, sanitised; empty for any other body. */
export function readDiagnostics(answer: Pick<ErrorAnswer, "body">): readonly Diagnostic[] {
  let document: unknown;
  try {
    document = JSON.parse(Buffer.from(answer.body).toString("utf8"));
  } catch {
    return []; // Not the registry's own error; the message says so.
  }
  const errors = (document as { errors?: unknown } | null)?.errors;
  if (!Array.isArray(errors)) return [];
  return errors.slice(0, 10).flatMap(toDiagnostic);
}

function toDiagnostic(value: unknown): Diagnostic[] {
  const { code, message, detail } = (value ?? {}) as Record<string, unknown>;
  if (typeof code !== "string") return [];
  const text = typeof message === "string" ? clean(message) : "";
  return [{ code: clean(code), message: text, ...(detail === undefined ? {} : { detail }) }];
}

function sayWhat(diagnostics: readonly Diagnostic[]): string {
  if (diagnostics.length === 0) return "";
  const parts = diagnostics.map(({ code, message }) => `${code}${message && `: ${message}`}`);
  return ` ${parts.join("; ")}`;
}

function advice(
  code: AcrErrorCode,
  answer: ErrorAnswer,
  diagnostics: readonly Diagnostic[],
  exchange: Exchange,
): string {
  const { status } = answer;
  if (exchange.refusedWaitMs !== undefined) return waitAdvice(exchange.refusedWaitMs);
  if (isFirewall(status, diagnostics)) {
    return "The registry's firewall does not admit this address: add it to the registry's network rules, or use its private endpoint";
  }
  if (status === 401 || status === 403) return accessHint(exchange.scopes ?? []);
  if (status === 429) return "Try again later, or lower the concurrency";
  if (status >= 300 && status < 400) return "Redirects are followed only when a blob is read";
  if (status === 407) {
    return "A proxy in between requires a login: put user and password into the URL in HTTPS_PROXY";
  }
  if (status === 413) return sizeAdvice(exchange.url);
  if (code === "LOCKED") return "A lock forbids it: open it first, or leave the content as it is";
  if (code === "UNSUPPORTED") return "The registry does not offer this function";
  if (status === 404 && code !== "NOT_FOUND") {
    return `This 404 is not the registry's own "not found"${foreignPage(answer)}: check the login server and the network`;
  }
  return diagnostics.length === 0 && status < 500 ? foreignAnswer(answer) : "";
}

/** Whether the registry's network rules refuse this machine, whatever its permissions. */
export function isFirewall(
  status: number | undefined,
  diagnostics: readonly Diagnostic[],
): boolean {
  return status === 403 && diagnostics.some(({ message }) => /client with ip/i.test(message));
}

/** Advice on a body that is too large: only blobs can be sent in smaller chunks. */
function sizeAdvice(url: string): string {
  const what = "The request is larger than the registry, or a proxy in between, accepts";
  if (!/\/blobs\/uploads\//.test(url)) return what;
  return `${what}: raise that limit (nginx: client_max_body_size), or give the client a smaller \`chunkSize\``;
}

function waitAdvice(retryAfterMs: number): string {
  const seconds = Math.ceil(retryAfterMs / 1000);
  return `It asks to wait ${seconds} seconds, which is longer than this operation may wait: try again later`;
}

function foreignAnswer(answer: ErrorAnswer): string {
  const page = foreignPage(answer);
  return page === "" ? "" : `The answer does not come from a registry${page}`;
}

function foreignPage(answer: ErrorAnswer): string {
  const type = answer.header("content-type") ?? "";
  if (!/^text\//i.test(type)) return "";
  return ` (it is ${clean(type).slice(0, 60)}; a proxy or a sign-in page may have answered in its place)`;
}

function attempts(exchange: Exchange): string {
  return exchange.attempts > 1 ? ` (after ${exchange.attempts} attempts)` : "";
}

function clean(text: string): string {
  return printable(text, MESSAGE_LIMIT);
}

function hostOf(url: string): string {
  return URL.parse(url)?.host ?? "the registry";
}
