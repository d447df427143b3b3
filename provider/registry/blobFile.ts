import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import type { Descriptor } from "../oci/descriptor.js";
import type { BlobStore, OperationOptions } from "./repository.js";

/**
 * Downloads a blob into a file. The file appears under its name only when it is complete and its
 * digest is right; whatever was there before stays until then, and nothing partial is left behind.
 */
export async function downloadBlob(
  blobs: Pick<BlobStore, "fetch">,
  blob: Pick<Descriptor, "digest" | "size">,
  path: string,
  options: OperationOptions = {},
): Promise<void> {
  const partial = `${path}.${randomUUID()}.partial`;
  try {
    const content = await blobs.fetch(blob, options);
    await pipeline(content, createWriteStream(partial, { flags: "wx" }), {
      signal: options.signal,
    });
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}
