import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { ProtocolError } from "../errors.js";

export interface GunzipOptions {
  /** Most uncompressed bytes; reading fails at the next one. */
  readonly limit: number;
  /** Size of the compressed content, if nothing may follow its last gzip member. */
  readonly size?: number;
  readonly signal?: AbortSignal;
}

/** The content expands to more than the limit, like a decompression bomb. */
export class BoundExceeded extends ProtocolError {
  constructor(readonly limit: number) {
    super(`it holds more than ${limit} bytes`);
  }
}

/**
 * Larger than Node's default of 16 KiB, because hashing and writing prefer few chunks; small enough to be
 * freed soon.
 */
const CHUNK_SIZE = 64 * 1024;

/**
 * Decompresses a gzip stream, up to a limit. All members are read (RFC 1952, section 2.2). With `size`,
 * nothing may follow the last one, because readers disagree whether such bytes are content.
 *
 * @throws {@link BoundExceeded}, or another `PROTOCOL` error if it is not gzip; errors of the source
 * unchanged.
 */
export async function* gunzipped(
  source: AsyncIterable<Uint8Array>,
  { limit, size, signal }: GunzipOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const gunzip = createGunzip({ chunkSize: CHUNK_SIZE });
  // An error of the source destroys `gunzip`, and so reaches its reader.
  void pipeline(source, gunzip, { signal }).catch(() => undefined);
  try {
    yield* bounded(gunzip as AsyncIterable<Buffer>, limit);
  } catch (error) {
    throw explained(error);
  } finally {
    gunzip.destroy();
  }
  if (size !== undefined && gunzip.bytesWritten !== size) {
    throw new ProtocolError("bytes follow the end of the compressed content");
  }
}

/** Passes on the same chunks, up to a limit; throws at the next byte. */
export async function* bounded(
  pieces: AsyncIterable<Uint8Array>,
  limit: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let total = 0;
  for await (const piece of pieces) {
    total += piece.length;
    if (total > limit) throw new BoundExceeded(limit);
    yield piece;
  }
}

function explained(error: unknown): unknown {
  const { code } = (error ?? {}) as { code?: unknown };
  if (typeof code !== "string" || !/^Z_[A-Z]+_ERROR$/.test(code)) return error;
  return new ProtocolError(`it is not gzip, or damaged (${code})`, { cause: error });
}
