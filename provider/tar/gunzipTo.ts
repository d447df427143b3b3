import { type Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, type Gunzip } from "node:zlib";
import { hasCode, UnpackError } from "../errors.js";
import { quoted } from "../oci/printable.js";

export interface GunzipOptions {
  /** What is unpacked, for messages. */
  readonly name: string;
  /** Bytes of the compressed content. */
  readonly size: number;
  /** Bytes that it may become; unpacking ends at the first one more. */
  readonly limit: number;
  readonly signal: AbortSignal;
}

/** More than Node's 16 KiB, since hashing and writing want few pieces; little enough to be collected soon. */
const CHUNK_SIZE = 64 * 1024;

/**
 * Hands the uncompressed bytes of a gzip stream to `consume`, with a bound for bombs. All members are
 * read (RFC 1952, section 2.2), and nothing may follow the last one: what one reader leaves out,
 * another takes for content.
 */
export async function gunzipTo<T>(
  source: Readable,
  options: GunzipOptions,
  consume: (bytes: AsyncIterable<Uint8Array>) => Promise<T>,
): Promise<T> {
  const gunzip = createGunzip({ chunkSize: CHUNK_SIZE });
  let result: { readonly value: T } | undefined;
  try {
    await pipeline(
      source,
      gunzip,
      async (bytes: AsyncIterable<Uint8Array>) => {
        result = { value: await consume(bounded(bytes, gunzip, options)) };
      },
      { signal: options.signal },
    );
  } catch (error) {
    throw explained(error, options);
  }
  if (result === undefined) throw new TypeError("the consumer of a stream ended without a result");
  return result.value;
}

async function* bounded(
  bytes: AsyncIterable<Uint8Array>,
  gunzip: Gunzip,
  { name, size, limit }: GunzipOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  let total = 0;
  for await (const piece of bytes) {
    total += piece.length;
    if (total > limit) {
      throw new UnpackError(
        "CONTENT_REFUSED",
        name,
        `${quoted(name)}: ${size} bytes become more than ${limit} when they are unpacked, which looks like a bomb; ` +
          `raise \`maxUnpackedBytes\` if it is none`,
      );
    }
    yield piece;
  }
  if (gunzip.bytesWritten !== size) {
    throw refused(name, "bytes follow the end of the compressed content");
  }
}

function explained(error: unknown, { name }: GunzipOptions): unknown {
  const { code } = (error ?? {}) as { code?: unknown };
  if (typeof code === "string" && /^Z_[A-Z]+_ERROR$/.test(code)) {
    return refused(name, `the content is not gzip (${code})`, error);
  }
  return hasCode(error, "PROTOCOL") ? refused(name, error.message, error) : error;
}

function refused(name: string, reason: string, cause?: unknown): UnpackError {
  return new UnpackError("CONTENT_REFUSED", name, `${quoted(name)}: ${reason}`, { cause });
}
