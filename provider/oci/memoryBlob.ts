import { Readable } from "node:stream";
import type { Blob } from "./blob.js";
import type { Descriptor } from "./descriptor.js";
import { digestOf } from "./digest.js";

/**
 * Bytes in memory as a blob to push. A digest that is given stays, for instance one by SHA-512: bytes that are
 * not its own fail the push.
 */
export function memoryBlob(bytes: Uint8Array, descriptor: Partial<Descriptor> = {}): Blob {
  const { mediaType = "application/octet-stream", digest = digestOf(bytes) } = descriptor;
  const full: Descriptor = { ...descriptor, mediaType, digest, size: bytes.length };
  return { descriptor: full, open: () => Readable.from([bytes], { objectMode: false }) };
}
