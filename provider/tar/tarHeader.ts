import type { EntryMode } from "./tarEntry.js";

/**
 * Headers exactly as Go's archive/tar, and so ORAS, writes them. So the digest of the plain tar
 * (`io.deis.oras.content.digest`) equals the one that ORAS computes for a reproducible archive.
 * tar-stream's differ: it ends numbers with a space instead of NUL, splits long names elsewhere, and
 * names every extended header `PaxHeader`.
 *
 * Layout: POSIX.1-2017, pax, "ustar Interchange Format" and "pax Extended Header".
 */

export const BLOCK_SIZE = 512;

const NAME_LENGTH = 100;
const PREFIX_LENGTH = 155;
/** Eleven octal digits; larger sizes need an extended header. */
const OCTAL_SIZE_LIMIT = 8 * 1024 ** 3;

export interface HeaderFields {
  readonly type: "directory" | "file";
  readonly name: string;
  readonly size: number;
  readonly mode: EntryMode;
}

/** All blocks before the content of an entry: one, or three and more with an extended header. */
export function encodeHeader(fields: HeaderFields): Buffer {
  const name = Buffer.from(fields.name);
  const ascii = isAscii(name);
  const large = fields.size >= OCTAL_SIZE_LIMIT;
  if (ascii && !large && name.length <= NAME_LENGTH) return ustarBlock(fields, name);
  const split = ascii && !large ? splitName(name) : undefined;
  if (split !== undefined) return ustarBlock(fields, split.name, split.prefix);
  const records: string[] = [];
  if (!ascii || name.length > NAME_LENGTH) records.push(paxRecord("path", fields.name));
  if (large) records.push(paxRecord("size", String(fields.size)));
  return Buffer.concat([
    extendedHeader(fields.name, Buffer.from(records.join(""))),
    ustarBlock({ ...fields, size: large ? 0 : fields.size }, stripped(fields.name)),
  ]);
}

/** Number of zero bytes that fill the last block after `size` bytes of content. */
export function paddingLength(size: number): number {
  return (BLOCK_SIZE - (size % BLOCK_SIZE)) % BLOCK_SIZE;
}

/** Two zero blocks end an archive. Like ORAS, it is not padded to a record of 10 KiB. */
export const END_OF_ARCHIVE: Buffer = Buffer.alloc(2 * BLOCK_SIZE);

const TYPE_FLAGS = { file: "0", directory: "5", extended: "x" } as const;

interface BlockFields {
  readonly type: keyof typeof TYPE_FLAGS;
  readonly size: number;
  readonly mode: number;
}

function ustarBlock(fields: BlockFields, name: Buffer, prefix?: Buffer): Buffer {
  const block = Buffer.alloc(BLOCK_SIZE);
  writeName(block, name);
  writeOctal(block, 100, 7, fields.mode);
  writeOctal(block, 108, 7, 0); // uid
  writeOctal(block, 116, 7, 0); // gid
  writeOctal(block, 124, 11, fields.size);
  writeOctal(block, 136, 11, 0); // mtime
  block.write(TYPE_FLAGS[fields.type], 156, "latin1");
  block.write("ustar\u000000", 257, "latin1");
  if (fields.type !== "extended") {
    writeOctal(block, 329, 7, 0); // devmajor
    writeOctal(block, 337, 7, 0); // devminor
  }
  prefix?.copy(block, 345);
  writeChecksum(block);
  return block;
}

function writeName(block: Buffer, name: Buffer): void {
  name.copy(block, 0, 0, NAME_LENGTH);
  if (name.length <= NAME_LENGTH || block[NAME_LENGTH - 1] !== 0x2f) return;
  // A shortened name must not end in "/", since old readers would take the file for a folder.
  let end = NAME_LENGTH - 1;
  while (end > 0 && block[end - 1] === 0x2f) end--;
  block[end] = 0;
}

function writeOctal(block: Buffer, offset: number, digits: number, value: number): void {
  block.write(value.toString(8).padStart(digits, "0"), offset, "latin1");
}

/** The checksum counts its own field as spaces; it is written as six digits, NUL and space. */
function writeChecksum(block: Buffer): void {
  block.fill(0x20, 148, 156);
  let sum = 0;
  for (const byte of block) sum += byte;
  block.write(`${sum.toString(8).padStart(6, "0")}\u0000 `, 148, "latin1");
}

/** Splits a name at the last slash for which the front fits into the prefix field. */
function splitName(name: Buffer): { prefix: Buffer; name: Buffer } | undefined {
  const slash = name.subarray(0, PREFIX_LENGTH + 1).lastIndexOf(0x2f);
  const rest = name.length - slash - 1;
  if (slash <= 0 || rest === 0 || rest > NAME_LENGTH) return undefined;
  return { prefix: name.subarray(0, slash), name: name.subarray(slash + 1) };
}

function extendedHeader(entryName: string, records: Buffer): Buffer {
  const slash = entryName.lastIndexOf("/") + 1;
  const name = stripped(`${entryName.slice(0, slash)}PaxHeaders.0/${entryName.slice(slash)}`);
  const cut = Buffer.from(name.subarray(0, NAME_LENGTH).toString("latin1").replace(/\/+$/, ""));
  const block = ustarBlock({ type: "extended", size: records.length, mode: 0 }, cut);
  return Buffer.concat([block, records, Buffer.alloc(paddingLength(records.length))]);
}

/** A record `<length> <key>=<value>\n`; the length includes its own digits. */
function paxRecord(key: string, value: string): string {
  const rest = Buffer.byteLength(value) + key.length + 3;
  let length = rest + String(rest).length;
  length = rest + String(length).length;
  return `${length} ${key}=${value}\n`;
}

function stripped(name: string): Buffer {
  return Buffer.from(Buffer.from(name).filter((byte) => byte < 0x80));
}

function isAscii(name: Buffer): boolean {
  return name.every((byte) => byte < 0x80);
}
