import { Readable } from "node:stream";
import type { Blob } from "./blob.js";
import type { Descriptor } from "./descriptor.js";
import { digestOf } from "./digest.js";

/** Bytes in memory as a blob to push. */
export function memoryBlob(
  bytes: Uint8Array,
  descriptor: Pick<Descriptor, "mediaType"> & Partial<Descriptor>,
): Blob {
  const full: Descriptor = { ...descriptor, digest: digestOf(bytes), size: bytes.length };
  return { descriptor: full, open: () => Readable.from([bytes], { objectMode: false }) };
}
