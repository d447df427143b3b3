import { ProtocolError } from "../errors.js";

/**
 * Parses header blocks of any tool: POSIX.1-2017, pax, "ustar Interchange Format"; the two common
 * extensions of GNU tar (long names as separate entries, numbers in base 256); and the format from before
 * POSIX, without a magic.
 */

/** The type of an entry; "other" are devices, pipes and everything that cannot be restored. */
export type EntryType = "file" | "directory" | "symlink" | "hardlink" | "other";

/** The header of an entry, or of an extension that describes the next entry. */
export interface ParsedHeader {
  readonly flag: string;
  readonly name: string;
  readonly linkName: string;
  readonly mode: number;
  /** Bytes that follow, without the padding to whole blocks. */
  readonly size: number;
}

export function parseHeader(block: Buffer): ParsedHeader {
  checkSum(block);
  const flag = String.fromCharCode(block[156] ?? 0);
  return {
    flag,
    name: fullName(block),
    linkName: text(block, 157, 100),
    mode: number(block, 100, 8, "mode"),
    size: number(block, 124, 12, "size"),
  };
}

/**
 * `name` matters for archives from before POSIX, where only a slash at the end of the name marks a
 * folder.
 */
export function entryType(flag: string, name: string): EntryType {
  switch (flag) {
    case "\0":
      return name.endsWith("/") ? "directory" : "file";
    case "0":
    case "7":
      return "file";
    case "5":
      return "directory";
    case "2":
      return "symlink";
    case "1":
      return "hardlink";
    default:
      return "other";
  }
}

/**
 * Links, folders, devices and pipes have no content, whatever their size field says (Go, archive/tar,
 * `isHeaderOnly`).
 */
export function hasContent(flag: string): boolean {
  return !"123456".includes(flag);
}

/** Text up to the first NUL. */
export function cString(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString("utf8", 0, end < 0 ? bytes.length : end);
}

/** Only POSIX has the prefix field: GNU tar stores times there, and older formats nothing. */
function fullName(block: Buffer): string {
  const name = text(block, 0, 100);
  const posix = block.toString("latin1", 257, 263) === "ustar\0";
  const prefix = posix ? text(block, 345, 155) : "";
  return prefix === "" ? name : `${prefix}/${name}`;
}

function text(block: Buffer, offset: number, length: number): string {
  return cString(block.subarray(offset, offset + length));
}

function number(block: Buffer, offset: number, length: number, field: string): number {
  const bytes = block.subarray(offset, offset + length);
  const value = ((bytes[0] ?? 0) & 0x80) === 0 ? octal(bytes) : base256(bytes);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new ProtocolError(`the archive has an entry whose ${field} cannot be read`);
}

function octal(bytes: Buffer): number {
  const digits = cString(bytes).trim();
  if (digits === "") return 0;
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN;
}

/** GNU tar's large numbers: the first bit is set, and the rest is one number in big-endian order. */
function base256(bytes: Buffer): number {
  if (bytes[0] === 0xff) return Number.NaN;
  return bytes.reduce((sum, byte, index) => sum * 256 + (index === 0 ? byte & 0x7f : byte), 0);
}

/** The checksum counts its own field as spaces. Old tars added the bytes as signed numbers. */
function checkSum(block: Buffer): void {
  let unsigned = 0;
  let signed = 0;
  for (const [index, byte] of block.entries()) {
    const counted = index >= 148 && index < 156 ? 0x20 : byte;
    unsigned += counted;
    signed += counted > 127 ? counted - 256 : counted;
  }
  const stated = number(block, 148, 8, "checksum");
  if (stated === unsigned || stated === signed) return;
  throw new ProtocolError(
    "this is not a tar archive, or it is damaged: a header's checksum is wrong",
  );
}
