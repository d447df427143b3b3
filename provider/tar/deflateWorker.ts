import { parentPort } from "node:worker_threads";
import { deflateBlock } from "./deflateBlock.js";
import { type DeflateAnswer, type DeflateRequest, READY } from "./deflateMessages.js";

const port = parentPort;
port?.on("message", ({ memory, length }: DeflateRequest) => {
  const deflated = deflateBlock(new Uint8Array(memory, 0, length)) as Uint8Array<ArrayBuffer>;
  const answer: DeflateAnswer = { memory, deflated };
  port.postMessage(answer, [memory, deflated.buffer]);
});
port?.postMessage(READY);
