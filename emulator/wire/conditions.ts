import type { IncomingHttpHeaders } from "node:http";

/** The entity tag and time of a resource, which conditions are compared with. */
export interface Validators {
  /** With its quotes. */
  readonly etag: string;
  readonly modified?: Date;
}

/**
 * The status of a read whose conditions are not met: 304 if the client has the content, 412 if it expects
 * other content.
 */
export function failedCondition(
  headers: IncomingHttpHeaders,
  { etag, modified }: Validators,
): 304 | 412 | undefined {
  // In the order of RFC 9110, section 13.2.2.
  const match = headers["if-match"];
  if (match === undefined) {
    if (isAfter(modified, headers["if-unmodified-since"]) === true) return 412;
  } else if (!names(match, etag)) {
    return 412;
  }
  const noneMatch = headers["if-none-match"];
  if (noneMatch !== undefined) return names(noneMatch, etag) ? 304 : undefined;
  return isAfter(modified, headers["if-modified-since"]) === false ? 304 : undefined;
}

function names(header: string, etag: string): boolean {
  const listed = header.split(",").map((one) => one.trim().replace(/^W\//, ""));
  return listed.includes("*") || listed.includes(etag);
}

/** Compares to the second, like the header; undefined if either time is missing. */
function isAfter(modified: Date | undefined, header: string | undefined): boolean | undefined {
  const time = Date.parse(header ?? "");
  if (modified === undefined || Number.isNaN(time)) return undefined;
  return Math.floor(modified.getTime() / 1000) * 1000 > time;
}
