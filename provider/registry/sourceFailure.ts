import { Readable } from "node:stream";
import type { Blob } from "../oci/blob.js";

const marked = new WeakSet<object>();

/** Tells whether reading the bytes failed, rather than the registry that they were sent to. */
export function isSourceFailure(error: unknown): boolean {
  return typeof error === "object" && error !== null && marked.has(error);
}

/**
 * Returns the same blob, whose failures are marked as those of a source: a copy reads its bytes from a
 * registry, and an error of that registry looks like one of the target.
 */
export function markingFailures(blob: Blob): Blob {
  return {
    descriptor: blob.descriptor,
    open: (options) => {
      try {
        const opened = blob.open(options);
        return opened instanceof Readable ? marking(opened) : opened.then(marking, rethrow);
      } catch (error) {
        return rethrow(error);
      }
    },
    ...(blob.readVerified !== undefined && {
      readVerified: (options) => reading(blob, options),
    }),
  };
}

function marking(stream: Readable): Readable {
  if (stream.errored !== null) marked.add(stream.errored);
  return stream.once("error", (error) => marked.add(error));
}

async function* reading(
  blob: Blob,
  options: Parameters<Blob["open"]>[0],
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* blob.readVerified?.(options) ?? [];
  } catch (error) {
    rethrow(error);
  }
}

function rethrow(error: unknown): never {
  if (typeof error === "object" && error !== null) marked.add(error);
  throw error;
}
