/** A message to a thread: a block of which `length` bytes are filled. The thread returns its memory. */
export interface DeflateRequest {
  readonly memory: ArrayBuffer;
  readonly length: number;
}

export interface DeflateAnswer {
  readonly memory: ArrayBuffer;
  readonly deflated: Uint8Array<ArrayBuffer>;
}

/** A thread's message that it has loaded everything. */
export const READY = "ready";
