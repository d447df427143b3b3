/** What the pool sends: a block of which `length` bytes are filled. Its memory is handed back. */
export interface DeflateRequest {
  readonly memory: ArrayBuffer;
  readonly length: number;
}

export interface DeflateAnswer {
  readonly memory: ArrayBuffer;
  readonly deflated: Uint8Array<ArrayBuffer>;
}

/** What a thread says once it has loaded all that it needs. */
export const READY = "ready";
