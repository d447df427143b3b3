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

/** One entry of an untrusted archive. */
export interface ArchiveEntry {
  readonly type: EntryType;
  /** As written in the archive: it may be absolute, lead upwards, or end with a slash. */
  readonly name: string;
  /** Target of a link. */
  readonly linkName: string;
  readonly mode: number;
  /** Size of the content in bytes. */
  readonly size: number;
  /** The content. Read it once, before the next entry is requested; the rest of it is skipped. */
  content(): AsyncIterable<Uint8Array>;
}

/** Longest extended header or name, since these are held in memory. */
const EXTENSION_LIMIT = 1024 * 1024;

/**
 * Reads a plain tar archive entry by entry, in constant memory. Supports the formats found in registries:
 * ustar, pax, GNU tar and older ones. The archive ends with blocks of zeros, which nothing may follow, or
 * where the bytes end between two entries.
 *
 * The caller must limit the number of bytes.
 *
 * @throws ProtocolError if it is not an archive, or ends within an entry.
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

/** The header of the next entry, combined with its extensions; `undefined` at the end. */
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

/**
 * Tools disagree on which of the two to use, so one tool would check another name than the next one
 * writes.
 */
function ambiguous(): ProtocolError {
  return new ProtocolError("the archive has an entry with two extended headers or names");
}

/**
 * Git writes a global header with a comment. One that renames the entries is refused: every tool reads it
 * differently.
 */
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

/**
 * Only zeros may follow the end, to fill the last record. Some tools continue after anything else, and
 * would see other entries.
 */
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

/** The content of the current entry. */
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

  /** Skips to the next header. */
  async finish(): Promise<void> {
    await this.#reader.skip(this.#left + this.#padding);
    this.#left = 0;
  }
}
