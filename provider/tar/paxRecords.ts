import { ProtocolError } from "../errors.js";

/** The values of an extended header that matter here. */
export interface PaxRecords {
  readonly path?: string;
  readonly linkpath?: string;
  readonly size?: number;
}

/**
 * Parses `<length> <key>=<value>\n` records (POSIX.1-2017, pax, "pax Extended Header"). Times, owners and
 * comments are ignored. Sparse files are refused, because the stored bytes are not their content.
 */
export function parsePaxRecords(bytes: Buffer): PaxRecords {
  const records: { path?: string; linkpath?: string; size?: number } = {};
  for (let start = 0; start < bytes.length;) {
    const { key, value, end } = recordAt(bytes, start);
    if (key.startsWith("GNU.sparse.")) throw new ProtocolError("the archive has a sparse file");
    if (key === "path" || key === "linkpath") records[key] = withoutNul(value);
    if (key === "size") records.size = sizeOf(value);
    start = end;
  }
  return records;
}

function recordAt(bytes: Buffer, start: number): { key: string; value: string; end: number } {
  const space = bytes.indexOf(0x20, start);
  const digits = bytes.toString("latin1", start, Math.max(start, space));
  const end = start + Number(digits);
  const equals = bytes.indexOf(0x3d, space);
  const sound = /^[1-9]\d{0,9}$/.test(digits) && end <= bytes.length && bytes[end - 1] === 0x0a;
  if (!sound || equals < 0 || equals >= end) throw malformed();
  const key = bytes.toString("utf8", space + 1, equals);
  return { key, value: bytes.toString("utf8", equals + 1, end - 1), end };
}

function withoutNul(value: string): string {
  if (!value.includes("\0")) return value;
  throw malformed();
}

function sizeOf(value: string): number {
  const size = Number(value);
  if (/^\d+$/.test(value) && Number.isSafeInteger(size)) return size;
  throw malformed();
}

function malformed(): ProtocolError {
  return new ProtocolError("the archive has an extended header that cannot be read");
}
