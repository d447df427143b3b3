import { Deflate } from "fflate";

/**
 * Identifies everything that determines the compressed bytes: the deflate implementation, its version and
 * level, the block size, and the revision of the rules in this file. A change of any of these needs a new
 * name; a test compares golden bytes. Node's own zlib is not used, because its output differs between
 * builds.
 */
export const COMPRESSOR = "fflate-0.8.3-level5-1MiB-1";

/** Blocks are compressed independently, so that several threads can work on them. */
export const DEFLATE_BLOCK_SIZE = 1024 * 1024;

/**
 * Level 5 takes a third less time than levels 6 and 9 and compresses almost as well. `mem` is set
 * explicitly because its default depends on Math.log, whose last digit differs between platforms.
 */
const SETTINGS = { level: 5, mem: 6 } as const;

/** A stored block (RFC 1951, section 3.2.4) holds at most 65,535 bytes. */
const SEGMENT_SIZE = 32 * 1024;

/**
 * Compresses one block to whole bytes of a deflate stream, without ending the stream: results can be
 * concatenated and ended with {@link DEFLATE_END}.
 *
 * Segments that are compressed already (images, archives) are stored unchanged: trying to compress them
 * takes as long as for text, and gains nothing.
 */
export function deflateBlock(block: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  let runStart = 0;
  for (let start = 0; start < block.length; start += SEGMENT_SIZE) {
    const segment = block.subarray(start, start + SEGMENT_SIZE);
    if (!looksRandom(segment)) continue;
    deflateRun(block.subarray(runStart, start), parts);
    parts.push(storedHeader(segment.length), segment);
    runStart = start + segment.length;
  }
  deflateRun(block.subarray(runStart), parts);
  return joined(parts);
}

/** An empty last block with fixed codes (RFC 1951, section 3.2.6). */
export const DEFLATE_END: Uint8Array = Uint8Array.of(0x03, 0x00);

function deflateRun(run: Uint8Array, parts: Uint8Array[]): void {
  if (run.length === 0) return;
  let last = NOTHING;
  const deflate = new Deflate(SETTINGS, (chunk) => {
    parts.push(last);
    last = chunk;
  });
  deflate.push(run);
  deflate.flush();
  deflate.push(NOTHING, true);
  parts.push(unended(last));
}

const NOTHING = new Uint8Array(0);

/**
 * Converts the empty final block at the end of fflate's output into an empty stored block that is not
 * final, which also pads to a whole byte. fflate 0.8.3 offers this as `flush(true)`, but its result is
 * wrong unless the remaining bits of the block before are all zero.
 *
 * The empty final block is, from its first bit: 1 (final), 1 0 (fixed codes), seven zeros (end of block).
 * So the highest bit that is set is its second one.
 */
function unended(lastBlock: Uint8Array): Uint8Array {
  const bits = lastBlock.reduce((sum, byte, index) => sum | (byte << (8 * index)), 0);
  const start = 30 - Math.clz32(bits);
  const whole = lastBlock.length === (start + 17) >> 3 && ((bits >> start) & 1) === 1;
  if (!whole) throw new Error("fflate ended a stream in an unknown way; is it version 0.8.3?");
  const kept = bits & ((1 << start) - 1);
  const bytes = start + 3 > 8 ? [kept & 0xff, kept >> 8] : [kept];
  return Uint8Array.of(...bytes, 0, 0, 0xff, 0xff);
}

function storedHeader(length: number): Uint8Array {
  const header = new Uint8Array(5);
  const view = new DataView(header.buffer);
  view.setUint16(1, length, true);
  view.setUint16(3, length ^ 0xffff, true);
  return header;
}

/**
 * Whether all byte values are about equally frequent. The sum of the squared counts is then n²/256; up to
 * 1/16 more counts as random. All numbers are integers, so no platform rounds differently.
 */
function looksRandom(segment: Uint8Array): boolean {
  if (segment.length < SEGMENT_SIZE / 4) return false;
  const counts = new Uint32Array(256);
  for (const byte of segment) counts[byte] = (counts[byte] ?? 0) + 1;
  let squares = 0;
  for (const count of counts) squares += count * count;
  return squares * 256 * 16 < segment.length * segment.length * 17;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const whole = new Uint8Array(length);
  let position = 0;
  for (const part of parts) {
    whole.set(part, position);
    position += part.length;
  }
  return whole;
}
