import { randomUUID } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { PackError } from "../errors.js";
import { aborted } from "../http/clock.js";
import type { Blob } from "../oci/blob.js";
import type { Descriptor } from "../oci/descriptor.js";
import { Digester } from "../oci/digest.js";
import type { BlobReference, BlobStore, FetchBlobOptions, OperationOptions } from "./repository.js";
import { targetFailure } from "./targetFailure.js";

/**
 * Downloads a blob into a file. The file is replaced only when the download is complete and its digest
 * verified; a failure leaves nothing behind.
 * @throws AcrError `TARGET_UNWRITABLE` if the file cannot be written.
 */
export async function downloadBlob(
  blobs: Pick<BlobStore, "fetch">,
  blob: BlobReference,
  path: string,
  options: FetchBlobOptions = {},
): Promise<void> {
  const partial = `${path}.${randomUUID()}.partial`;
  try {
    const content = await blobs.fetch(blob, options);
    await pipeline(content, createWriteStream(partial, { flags: "wx" }), {
      signal: options.signal,
    });
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw targetFailure(error, path, options.signal);
  }
}

/**
 * A file as a blob to push. It is read twice: now, for its digest, and when it is sent. If it changes in
 * between, the push fails with `DIGEST_MISMATCH` or `SIZE_MISMATCH`, and nothing is stored.
 */
export async function fileBlob(
  path: string,
  descriptor: Partial<Omit<Descriptor, "digest" | "size">> = {},
  options: OperationOptions = {},
): Promise<Blob> {
  const digester = new Digester();
  try {
    const content = opened(path, options.signal);
    for await (const chunk of content as AsyncIterable<Uint8Array>) digester.update(chunk);
  } catch (error) {
    if (options.signal?.aborted === true) throw aborted(options.signal);
    throw unreadable(path, error);
  }
  const { size } = digester;
  return {
    descriptor: {
      mediaType: "application/octet-stream",
      ...descriptor,
      digest: digester.digest(),
      size,
    },
    open: ({ signal } = {}) => opened(path, signal),
  };
}

/**
 * Opens a file for reading. Node leaks the file descriptor if the signal is aborted beforehand, so that
 * is checked first.
 */
function opened(path: string, signal: AbortSignal | undefined): Readable {
  if (signal?.aborted === true) throw aborted(signal);
  return createReadStream(path, { highWaterMark: 1 << 20, signal });
}

function unreadable(path: string, cause: unknown): PackError {
  const { code } = (cause ?? {}) as { code?: unknown };
  if (code === "ENOENT")
    return new PackError("SOURCE_NOT_FOUND", path, `${path} does not exist`, { cause });
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new PackError("SOURCE_UNREADABLE", path, `${path} cannot be read: ${reason}`, { cause });
}
