import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { ProtocolError } from "../errors.js";

export interface GunzipOptions {
  /** Bytes that it may become: reading ends at the first one more. */
  readonly limit: number;
  /** Bytes of the compressed content, where nothing may follow the last member. */
  readonly size?: number;
  readonly signal?: AbortSignal;
}

/** More than it may be. What is compressed well enough to be this is called a bomb. */
export class BoundExceeded extends ProtocolError {
  constructor(readonly limit: number) {
    super(`it holds more than ${limit} bytes`);
  }
}

/** More than Node's 16 KiB, since hashing and writing want few pieces; little enough to be collected soon. */
const CHUNK_SIZE = 64 * 1024;

/**
 * The uncompressed bytes of a gzip stream, with a bound for bombs. All members are read (RFC 1952, section
 * 2.2). With `size`, nothing may follow the last one: what one reader leaves out, another takes for content.
 *
 * @throws {@link BoundExceeded}, or another `PROTOCOL` error for what is no gzip; failures of the source as
 * they are.
 */
export async function* gunzipped(
  source: AsyncIterable<Uint8Array>,
  { limit, size, signal }: GunzipOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const gunzip = createGunzip({ chunkSize: CHUNK_SIZE });
  // A failure of the source destroys what is read here, and is thrown to whoever reads it.
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

/** The same pieces, up to so many bytes; one more is an error. */
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
