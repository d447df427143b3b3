/**
 * All errors that this package throws deliberately. There is a class for each shape of data and a `code` for
 * each condition: branch on the `code`, never on a message.
 */

/** What went wrong, as a stable name to branch on. */
export type AcrErrorCode =
  /** An argument is invalid; nothing was sent. */
  | "INPUT_INVALID"
  /** A local file or folder is missing, unreadable or of a kind that cannot be published. */
  | "SOURCE_NOT_FOUND"
  | "SOURCE_UNREADABLE"
  | "SOURCE_UNSUPPORTED"
  /** A local file changed between being hashed and being sent. */
  | "SOURCE_CHANGED"
  /** The registry says, in its own JSON, that it does not exist. */
  | "NOT_FOUND"
  /** No credential, or a wrong or expired one (401). */
  | "UNAUTHORIZED"
  /** The identity is known but may not do this (403, or 401 with `insufficient_scope`). */
  | "DENIED"
  /** A lock, a quarantine or the storage limit forbids the operation (405). */
  | "LOCKED"
  /** Something else holds the name, or changed it meanwhile. */
  | "CONFLICT"
  /** 429 until the retry budget was used up. */
  | "THROTTLED"
  /** 5xx, refused connection, unresolved name or reset, after all retries. */
  | "UNAVAILABLE"
  /** The server's certificate cannot be trusted; never retried. */
  | "TLS_FAILED"
  /** No data moved for `idleTimeoutMs`. */
  | "STALLED"
  /** The caller's signal ended the operation. */
  | "ABORTED"
  /** The registry refused for another reason (other 4xx). */
  | "REJECTED"
  /** The registry does not offer this function. */
  | "UNSUPPORTED"
  /** Bytes do not match their digest or size. */
  | "DIGEST_MISMATCH"
  | "SIZE_MISMATCH"
  /** An answer breaks the protocol: a header is missing, foreign or malformed. */
  | "PROTOCOL"
  /** Content that is not safe to write to disk: a name that leads elsewhere, a link, a decompression bomb. */
  | "CONTENT_REFUSED"
  /** The target folder cannot be written. */
  | "TARGET_UNWRITABLE"
  /** A credential could not be obtained. */
  | "CREDENTIAL_UNAVAILABLE";

const BRAND = Symbol.for("pulumi-acr/AcrError");

/** Base of all errors of this package. */
export class AcrError extends Error {
  readonly code: AcrErrorCode;

  constructor(code: AcrErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
    // A brand instead of `instanceof` alone: two copies of the package may meet in one process.
    Object.defineProperty(this, BRAND, { value: true, enumerable: false });
  }
}

/** An argument is invalid. `property` is its path, for example `layers[2].title`. */
export class InputError extends AcrError {
  readonly property: string;

  constructor(property: string, reason: string, options?: { cause?: unknown }) {
    super("INPUT_INVALID", reason, options);
    this.property = property;
  }
}

export type SourceErrorCode =
  "SOURCE_NOT_FOUND" | "SOURCE_UNREADABLE" | "SOURCE_UNSUPPORTED" | "SOURCE_CHANGED";

/** A local file or folder cannot be packed. `path` is its path as the user wrote it. */
export class PackError extends AcrError {
  readonly path: string;
  /** Path of the property that names the source, for example `layers[2].file`, where known. */
  readonly property: string | undefined;

  constructor(
    code: SourceErrorCode,
    path: string,
    reason: string,
    options?: { cause?: unknown; property?: string },
  ) {
    super(code, reason, options);
    this.path = path;
    this.property = options?.property;
  }
}

/** One entry of the `errors` array of an OCI error body (distribution-spec, "Error Codes"). */
export interface Diagnostic {
  readonly code: string;
  readonly message: string;
  readonly detail?: unknown;
}

export interface RegistryErrorFacts {
  readonly method: string;
  /** Scheme, host and path; of the query only what is not secret. */
  readonly url: string;
  /** HTTP status; `undefined` if there was no answer. */
  readonly status?: number;
  readonly diagnostics?: readonly Diagnostic[];
  /** `x-ms-correlation-request-id`, which Azure support asks for. */
  readonly correlationId?: string;
  readonly cause?: unknown;
}

/** The registry refused or could not be reached. */
export class RegistryError extends AcrError {
  readonly method: string;
  readonly url: string;
  readonly status: number | undefined;
  readonly diagnostics: readonly Diagnostic[];
  readonly correlationId: string | undefined;

  constructor(code: AcrErrorCode, message: string, facts: RegistryErrorFacts) {
    super(code, message, { cause: facts.cause });
    this.method = facts.method;
    this.url = facts.url;
    this.status = facts.status;
    this.diagnostics = facts.diagnostics ?? [];
    this.correlationId = facts.correlationId;
  }
}

/** Bytes do not match their digest or size. Nothing that depends on them was written. */
export class IntegrityError extends AcrError {
  readonly expected: string;
  readonly actual: string;

  constructor(
    code: "DIGEST_MISMATCH" | "SIZE_MISMATCH",
    message: string,
    facts: { expected: string; actual: string; cause?: unknown },
  ) {
    super(code, message, { cause: facts.cause });
    this.expected = facts.expected;
    this.actual = facts.actual;
  }
}

/** An answer that breaks the protocol. */
export class ProtocolError extends AcrError {
  constructor(message: string, options?: { cause?: unknown }) {
    super("PROTOCOL", message, options);
  }
}

/** Content of an artifact was not written to disk. `path` is its name there, as far as it is known. */
export class UnpackError extends AcrError {
  readonly path: string;

  constructor(
    code: "CONTENT_REFUSED" | "TARGET_UNWRITABLE",
    path: string,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(code, message, options);
    this.path = path;
  }
}

/** A tag, lock, manifest or file belongs to somebody else, or changed since it was last read. */
export class ConflictError extends AcrError {
  /** What is in the way: `<login server>/<repository>:<tag>`, `…@<digest>`, or a path. */
  readonly subject: string;

  constructor(subject: string, message: string, options?: { cause?: unknown }) {
    super("CONFLICT", message, options);
    this.subject = subject;
  }
}

/** A credential could not be obtained. The message says which one, and what to do. */
export class CredentialError extends AcrError {
  constructor(message: string, options?: { cause?: unknown }) {
    super("CREDENTIAL_UNAVAILABLE", message, options);
  }
}

export function isAcrError(error: unknown): error is AcrError {
  return typeof error === "object" && error !== null && BRAND in error;
}

/** Tells whether `error` is an {@link AcrError} with one of these codes. */
export function hasCode(error: unknown, ...codes: readonly AcrErrorCode[]): error is AcrError {
  return isAcrError(error) && codes.includes(error.code);
}
