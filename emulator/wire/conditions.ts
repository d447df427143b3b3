import type { IncomingHttpHeaders } from "node:http";

/** What a resource is compared with. */
export interface Validators {
  /** With its quotes. */
  readonly etag: string;
  readonly modified?: Date;
}

/** Whether a read is to be answered without content: 304 for what the client has, 412 for what it does not expect. */
export function failedCondition(
  headers: IncomingHttpHeaders,
  { etag, modified }: Validators,
): 304 | 412 | undefined {
  // The order is that of RFC 9110, section 13.2.2.
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

/** To the second, as the header has it; undefined without a time on either side. */
function isAfter(modified: Date | undefined, header: string | undefined): boolean | undefined {
  const time = Date.parse(header ?? "");
  if (modified === undefined || Number.isNaN(time)) return undefined;
  return Math.floor(modified.getTime() / 1000) * 1000 > time;
}
