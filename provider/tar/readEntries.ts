import { ProtocolError } from "../errors.js";
import { ByteReader } from "./byteReader.js";
import {
  cString,
  entryType,
  type EntryType,
  hasContent,
  parseHeader,
  type ParsedHeader,
} from "./parseHeader.js";
import { type PaxRecords, parsePaxRecords } from "./paxRecords.js";
import { BLOCK_SIZE, paddingLength } from "./tarHeader.js";

/** One entry of an archive that somebody else made: nothing in it is to be trusted. */
export interface ArchiveEntry {
  readonly type: EntryType;
  /** As written: it may be absolute, lead upwards, or end with a slash. */
  readonly name: string;
  /** Of a link: what it leads to. */
  readonly linkName: string;
  readonly mode: number;
  /** Bytes of the content. */
  readonly size: number;
  /** To be read once, before the next entry is asked for; what is left of it is skipped. */
  content(): AsyncIterable<Uint8Array>;
}

/** Longest extended header or name: what follows it is held in memory. */
const EXTENSION_LIMIT = 1024 * 1024;

/**
 * Reads a plain tar archive entry by entry, in memory that does not depend on its size. Takes what is
 * met in registries: ustar, pax, GNU tar and what is older. The archive ends with blocks of zeros, after
 * which nothing else comes, or where the bytes end between two entries.
 *
 * How much is read is the caller's matter: limit the bytes that are handed in.
 *
 * @throws ProtocolError if it is no archive, or ends in the middle of an entry.
 */
export async function* readEntries(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<ArchiveEntry, void, undefined> {
  const reader = new ByteReader(chunks);
  try {
    for (let next = await nextHeader(reader); next !== undefined; next = await nextHeader(reader)) {
      const content = new EntryContent(reader, next.size);
      const { name, linkName, mode, size, flag } = next;
      const type = entryType(flag, name);
      yield { type, name, linkName, mode, size, content: () => content.read() };
      await content.finish();
    }
  } finally {
    await reader.close();
  }
}

/** The next entry's header, with what stands before it; `undefined` at the end. */
async function nextHeader(reader: ByteReader): Promise<ParsedHeader | undefined> {
  let pax: PaxRecords | undefined;
  let gnu: { name?: string; linkName?: string } = {};
  for (;;) {
    const block = await reader.exactly(BLOCK_SIZE);
    if (block === undefined) return undefined;
    if (isZero(block)) {
      await checkEnd(reader);
      return undefined;
    }
    const header = parseHeader(block);
    if (header.flag === "x") {
      if (pax !== undefined) throw ambiguous();
      pax = parsePaxRecords(await extension(reader, header));
    } else if (header.flag === "g") checkGlobal(await extension(reader, header));
    else if (header.flag === "L") gnu = { ...gnu, name: cString(await extension(reader, header)) };
    else if (header.flag === "K")
      gnu = { ...gnu, linkName: cString(await extension(reader, header)) };
    else if (header.flag === "S") throw new ProtocolError("the archive has a sparse file");
    else return merged(header, pax ?? {}, gnu);
  }
}

function merged(
  header: ParsedHeader,
  pax: PaxRecords,
  gnu: { name?: string; linkName?: string },
): ParsedHeader {
  if (pax.path !== undefined && gnu.name !== undefined && pax.path !== gnu.name) throw ambiguous();
  return {
    ...header,
    name: pax.path ?? gnu.name ?? header.name,
    linkName: pax.linkpath ?? gnu.linkName ?? header.linkName,
    size: hasContent(header.flag) ? (pax.size ?? header.size) : 0,
  };
}

/** Tools differ in which of two they follow: what one of them checked, another would not write. */
function ambiguous(): ProtocolError {
  return new ProtocolError("the archive has an entry with two extended headers or names");
}

/** Git writes one with a comment. One that renames all that follows is read differently by every tool. */
function checkGlobal(bytes: Buffer): void {
  if (Object.keys(parsePaxRecords(bytes)).length === 0) return;
  throw new ProtocolError("the archive has a global header that gives names or sizes");
}

async function extension(reader: ByteReader, { size }: ParsedHeader): Promise<Buffer> {
  if (size > EXTENSION_LIMIT) {
    throw new ProtocolError(`the archive has a header of ${size} bytes, more than a name can need`);
  }
  const bytes = size === 0 ? Buffer.alloc(0) : await reader.required(size);
  const held = Buffer.from(bytes);
  await reader.skip(paddingLength(size));
  return held;
}

/** Zeros may fill the last record. Behind anything else some tools go on, and see other entries than we. */
async function checkEnd(reader: ByteReader): Promise<void> {
  for (;;) {
    const rest = await reader.some(Number.MAX_SAFE_INTEGER);
    if (rest === undefined) return;
    if (!isZero(rest)) throw new ProtocolError("the archive continues after a block of zeros");
  }
}

function isZero(block: Buffer): boolean {
  return block.every((byte) => byte === 0);
}

/** The content of the entry at which the reader stands. */
class EntryContent {
  readonly #reader: ByteReader;
  readonly #padding: number;
  #left: number;

  constructor(reader: ByteReader, size: number) {
    this.#reader = reader;
    this.#left = size;
    this.#padding = paddingLength(size);
  }

  async *read(): AsyncGenerator<Buffer, void, undefined> {
    for await (const piece of this.#reader.stream(this.#left)) {
      this.#left -= piece.length;
      yield piece;
    }
  }

  /** Goes to the next header. */
  async finish(): Promise<void> {
    await this.#reader.skip(this.#left + this.#padding);
    this.#left = 0;
  }
}
