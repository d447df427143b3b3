import { Readable } from "node:stream";
import type { Blob } from "../oci/blob.js";

const marked = new WeakSet<object>();

/** Tells whether the bytes themselves failed, and not the registry that they were on their way to. */
export function isSourceFailure(error: unknown): boolean {
  return typeof error === "object" && error !== null && marked.has(error);
}

/**
 * The same blob, and how it fails is remembered: a copy reads its bytes from a registry, whose refusal
 * looks like one of the registry that they go to.
 */
export function markingFailures(blob: Blob): Blob {
  return {
    descriptor: blob.descriptor,
    open: (options) => {
      try {
        const opened = blob.open(options);
        return opened instanceof Readable ? heard(opened) : opened.then(heard, rethrow);
      } catch (error) {
        return rethrow(error);
      }
    },
    ...(blob.readVerified !== undefined && {
      readVerified: (options) => reading(blob, options),
    }),
  };
}

function heard(stream: Readable): Readable {
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
