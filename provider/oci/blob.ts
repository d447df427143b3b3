import type { Readable } from "node:stream";
import type { Descriptor } from "./descriptor.js";

/**
 * Content that can be opened any number of times. The upload session is the unit of retry, so every
 * attempt opens the bytes anew; nothing ever has to be kept in memory or rewound.
 */
export interface Blob {
  readonly descriptor: Descriptor;
  /** A new stream over the same bytes. It fails if they are no longer what the descriptor says. */
  open(options?: { signal?: AbortSignal }): Readable | Promise<Readable>;
  /**
   * The same bytes for a reader in a hurry, where the blob can give them: whoever asks for the next
   * chunk is done with the one before, whose memory may be used again; and it fails before its last
   * chunk unless the bytes are what the descriptor says, so that nobody need hash them once more.
   */
  readVerified?(options?: { signal?: AbortSignal }): AsyncIterable<Uint8Array>;
}
