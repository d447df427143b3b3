import { printable } from "../oci/printable.js";

/** Query parameters whose values are not secret. Every other one may be, such as `_state` or `sig`. */
const QUERY_NAMES: ReadonlySet<string> = new Set([
  "n",
  "last",
  "digest",
  "api-version",
  "orderby",
  "mount",
  "from",
  "artifactType",
  "service",
  "scope",
]);

const HEADER_NAMES: ReadonlySet<string> = new Set([
  "accept",
  "accept-ranges",
  "connection",
  "content-length",
  "content-range",
  "content-type",
  "date",
  "docker-content-digest",
  "docker-distribution-api-version",
  "oci-filters-applied",
  "oci-subject",
  "range",
  "retry-after",
  "server",
  "user-agent",
  "x-ms-client-request-id",
  "x-ms-correlation-request-id",
  "x-ms-ratelimit-remaining-calls-per-second",
]);

/** A URL that may be shown: without user information, and with only the harmless query values. */
export function redactUrl(value: string): string {
  const url = URL.parse(value);
  if (url === null) return "(not a URL)";
  const query = [...url.searchParams].map(([name, text]) =>
    QUERY_NAMES.has(name) ? `${name}=${text}` : `${printable(name, 40)}=…`,
  );
  const shown = query.length === 0 ? "" : `?${query.join("&")}`;
  return printable(`${url.origin}${url.pathname}${shown}`, 2000);
}

/** Scheme, host and path, as errors show them. */
export function locationOf(value: string): string {
  const url = URL.parse(value);
  return url === null ? "(not a URL)" : printable(`${url.origin}${url.pathname}`);
}

/** Headers that may be shown; of all others, only the name. */
export function redactHeaders(headers: Iterable<[string, string]>): Record<string, string> {
  const shown: Record<string, string> = {};
  for (const [name, value] of headers) {
    const known = HEADER_NAMES.has(name.toLowerCase());
    shown[name] = known ? printable(value, 500) : "…";
  }
  return shown;
}
