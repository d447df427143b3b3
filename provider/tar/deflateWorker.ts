import { parentPort } from "node:worker_threads";
import { deflateBlock } from "./deflateBlock.js";

/** What the pool sends: a block of which `length` bytes are filled. Its memory is handed back. */
export interface DeflateRequest {
  readonly memory: ArrayBuffer;
  readonly length: number;
}

export interface DeflateAnswer {
  readonly memory: ArrayBuffer;
  readonly deflated: Uint8Array<ArrayBuffer>;
}

const port = parentPort;
port?.on("message", ({ memory, length }: DeflateRequest) => {
  const deflated = deflateBlock(new Uint8Array(memory, 0, length)) as Uint8Array<ArrayBuffer>;
  const answer: DeflateAnswer = { memory, deflated };
  port.postMessage(answer, [memory, deflated.buffer]);
});
