import { AcrError } from "../errors.js";
import { ByteReader } from "../tar/byteReader.js";
import { bounded, gunzipped } from "../tar/gunzipped.js";

/**
 * Far more than a single file needs. A hostile gzip expands a thousandfold; this limit stops it after a
 * few seconds, in constant memory.
 */
const EXPANDED_LIMIT = 4 * 1024 ** 3;

const GZIP = Buffer.from([0x1f, 0x8b]);
const ZSTD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

/**
 * The plain archive in a layer. Whether it is gzip is detected from its bytes, because the media types of
 * artifacts do not say so reliably.
 */
export async function* expandLayer(
  bytes: AsyncIterable<Uint8Array>,
  limit = EXPANDED_LIMIT,
): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = new ByteReader(bytes);
  try {
    yield* plainBytes(await headOf(reader), reader, limit);
  } finally {
    await reader.close();
  }
}

function plainBytes(head: Buffer, reader: ByteReader, limit: number): AsyncIterable<Uint8Array> {
  if (head.equals(ZSTD)) {
    throw new AcrError(
      "UNSUPPORTED",
      "it is compressed with zstd: only gzip and no compression are read",
    );
  }
  const whole = followedBy(head, reader);
  const isGzip = head.subarray(0, GZIP.length).equals(GZIP);
  return isGzip ? gunzipped(whole, { limit }) : bounded(whole, limit);
}

/** The first four bytes, or fewer if there are no more. */
async function headOf(reader: ByteReader): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (let length = 0; length < ZSTD.length;) {
    const piece = await reader.some(ZSTD.length - length);
    if (piece === undefined) break;
    length += piece.length;
    pieces.push(Buffer.from(piece));
  }
  return Buffer.concat(pieces);
}

async function* followedBy(head: Buffer, reader: ByteReader): AsyncGenerator<Uint8Array> {
  if (head.length > 0) yield head;
  for (
    let next = await reader.some(Infinity);
    next !== undefined;
    next = await reader.some(Infinity)
  ) {
    yield next;
  }
}
