/** Inclusive positions, as in both range headers. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Parses `Content-Range` of a chunk: only two numbers. The service refuses `bytes 0-84521/*`
 * (dotnet/sdk-container-builds#258).
 */
export function parseContentRange(value: string): ByteRange | undefined {
  const match = /^(\d{1,15})-(\d{1,15})$/.exec(value);
  if (match === null) return undefined;
  const range = { start: Number(match[1]), end: Number(match[2]) };
  return range.start <= range.end ? range : undefined;
}

/** `Range` in the answers of an upload: `0-0` if nothing has arrived (C11 #1). */
export function heldRange(offset: number): string {
  return `0-${Math.max(offset - 1, 0)}`;
}

export type RequestedRange = ByteRange | "whole" | "unsatisfiable";

/**
 * Parses a single `Range: bytes=…` for content of a known size (RFC 9110, section 14.1.2). Any other form
 * requests the whole.
 */
export function parseRange(value: string | undefined, size: number): RequestedRange {
  const match = value === undefined ? null : /^bytes=(\d{0,15})-(\d{0,15})$/.exec(value.trim());
  if (match === null) return "whole";
  const [, first = "", last = ""] = match;
  if (first === "") return suffixRange(last, size);
  const start = Number(first);
  const end = last === "" ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== "" && Number(last) < start) return "whole";
  return start >= size ? "unsatisfiable" : { start, end };
}

function suffixRange(length: string, size: number): RequestedRange {
  if (length === "") return "whole";
  if (Number(length) === 0 || size === 0) return "unsatisfiable";
  return { start: Math.max(size - Number(length), 0), end: size - 1 };
}
