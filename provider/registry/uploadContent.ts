import { Readable } from "node:stream";
import { isUint8Array } from "node:util/types";
import { InputError } from "../errors.js";

/** The part of a web stream, such as `Response.body`, that is used here. */
export interface WebStream {
  getReader(): {
    read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
    cancel(reason?: unknown): Promise<void>;
  };
}

/** Bytes that can be read only once. */
export type UploadContent = AsyncIterable<Uint8Array> | WebStream;

const BYTES =
  "expected bytes (Uint8Array), a stream of them, or an async iterable of them; text is encoded first, " +
  "for instance by Buffer.from";

/** The content as something to iterate over, which can be closed whether it was read or not. */
export function uploadSource(content: UploadContent): AsyncIterable<Uint8Array> {
  // The upload reports the stream's errors. One that comes after the upload must not end the process.
  if (content instanceof Readable) return content.on("error", () => undefined);
  const given: unknown = content;
  if (typeof given !== "object" || given === null || ArrayBuffer.isView(given))
    throw noBytes(given);
  if ("getReader" in content) return readableOf(content);
  if (Symbol.asyncIterator in given || Symbol.iterator in given) return content;
  throw noBytes(given);
}

/**
 * Checks a chunk of the content. Text and arrays of other numbers would otherwise be sent as wrong bytes.
 */
export function checkedPiece(piece: unknown): Uint8Array {
  if (isUint8Array(piece)) return piece;
  throw new InputError("content", `the stream gave ${kindOf(piece)}: ${BYTES}`);
}

/** `Readable.fromWeb` accepts only Node's own web streams, and cannot be cancelled while it waits. */
function readableOf(stream: WebStream): Readable {
  const reader = stream.getReader();
  const readable = new Readable({
    objectMode: true,
    highWaterMark: 1,
    read() {
      reader
        .read()
        .then(({ done, value }) => this.push(done ? null : checkedPiece(value)))
        .catch((error: unknown) => this.destroy(error as Error));
    },
    destroy(error, done) {
      // The stream is given up, so an error while cancelling does not matter.
      reader.cancel(error).catch(() => undefined);
      done(error);
    },
  });
  return readable.on("error", () => undefined);
}

function noBytes(content: unknown): InputError {
  return new InputError("content", `${kindOf(content)} cannot be uploaded: ${BYTES}`);
}

function kindOf(value: unknown): string {
  if (typeof value === "string") return "text";
  if (typeof value !== "object" || value === null) return String(value);
  return Object.prototype.toString.call(value).slice("[object ".length, -1);
}
