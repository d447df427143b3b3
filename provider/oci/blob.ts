import type { Readable } from "node:stream";
import type { Descriptor } from "./descriptor.js";

/**
 * Content that can be opened any number of times. Each attempt to upload it
 * opens the content again, so that nothing has to be kept in memory or rewound.
 */
export interface Blob {
  readonly descriptor: Descriptor;
  /** A new stream over the same bytes. It fails if they are no longer what the descriptor says. */
  open(options?: { signal?: AbortSignal }): Readable | Promise<Readable>;
  /**
   * Optional faster way to read the same bytes. The memory of a chunk may be reused as soon as the next
   * one is requested. The blob verifies the bytes itself: it fails before its last chunk if they do not
   * match the descriptor, so that the caller need not hash them.
   */
  readVerified?(options?: { signal?: AbortSignal }): AsyncIterable<Uint8Array>;
}
