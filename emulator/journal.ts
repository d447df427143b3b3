import type { IncomingHttpHeaders } from "node:http";

/** The servers of an emulator; `entra` only exists with the option of that name. */
export type ServerName = "registry" | "storage" | "entra";

/** One request to any of the servers. */
export interface JournalEntry {
  readonly server: ServerName;
  readonly method: string;
  /** The path exactly as sent, not decoded. */
  readonly path: string;
  /** What follows the first `?`, without it. */
  readonly query: string;
  /** Status of the answer; 0 until there is one, and forever if the connection was cut before. */
  readonly status: number;
  readonly authorization: "none" | "basic" | "bearer" | "other";
  /** Bytes of the body that arrived. */
  readonly requestBytes: number;
  /** Bytes of the body that were written. */
  readonly responseBytes: number;
  /** Header names in lower case; the value of `authorization` is replaced by its scheme. */
  readonly requestHeaders: Readonly<Record<string, string>>;
  /** The type of the fault that affected this request. */
  readonly fault?: string;
  /** Whether the request took effect; false if a fault prevented it. */
  readonly applied: boolean;
}

/** Every request, in order of arrival. An entry is added as soon as the request's headers have arrived. */
export interface Journal {
  readonly entries: readonly JournalEntry[];
  /** How many older entries were dropped to keep within `journalLimit`. */
  readonly dropped: number;
  clear(): void;
}

/** A journal entry while the servers fill it in. */
export type OpenJournalEntry = { -readonly [Key in keyof JournalEntry]: JournalEntry[Key] };

export class RecordingJournal implements Journal {
  readonly entries: OpenJournalEntry[] = [];
  dropped = 0;

  constructor(private readonly limit: number) {}

  clear(): void {
    this.entries.length = 0;
    this.dropped = 0;
  }

  record(entry: OpenJournalEntry): void {
    this.entries.push(entry);
    const surplus = this.entries.length - this.limit;
    if (surplus <= 0) return;
    this.entries.splice(0, surplus);
    this.dropped += surplus;
  }
}

/** Creates the entry of a request that has just arrived. */
export function openEntry(
  server: JournalEntry["server"],
  method: string,
  target: { readonly path: string; readonly query: string },
  headers: IncomingHttpHeaders,
): OpenJournalEntry {
  return {
    server,
    method,
    path: target.path,
    query: target.query,
    status: 0,
    authorization: authorizationKind(headers.authorization),
    requestBytes: 0,
    responseBytes: 0,
    requestHeaders: redactedHeaders(headers),
    applied: false,
  };
}

function authorizationKind(value: string | undefined): JournalEntry["authorization"] {
  if (value === undefined) return "none";
  const scheme = value.split(" ", 1)[0]?.toLowerCase();
  return scheme === "basic" || scheme === "bearer" ? scheme : "other";
}

function redactedHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const redacted: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) redacted[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  if (headers.authorization !== undefined) {
    redacted["authorization"] = `${headers.authorization.split(" ", 1)[0] ?? ""} REDACTED`;
  }
  return redacted;
}
