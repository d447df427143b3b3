import { Readable } from "node:stream";
import { isUint8Array } from "node:util/types";
import { InputError } from "../errors.js";

/** A stream of the web's kind, such as `Response.body`, as far as it is read here. */
export interface WebStream {
  getReader(): {
    read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
    cancel(reason?: unknown): Promise<void>;
  };
}

/** Bytes that are read once. */
export type UploadContent = AsyncIterable<Uint8Array> | WebStream;

const BYTES =
  "expected bytes (Uint8Array), a stream of them, or an async iterable of them; text is encoded first, " +
  "for instance by Buffer.from";

/** What an upload reads: a stream of any kind, which can be given up whether it was read or not. */
export function uploadSource(content: UploadContent): AsyncIterable<Uint8Array> {
  // Its errors are those of the upload, and must not end the process where that ends before them.
  if (content instanceof Readable) return content.on("error", () => undefined);
  const given: unknown = content;
  if (typeof given !== "object" || given === null || ArrayBuffer.isView(given))
    throw noBytes(given);
  if ("getReader" in content) return readableOf(content);
  if (Symbol.asyncIterator in given || Symbol.iterator in given) return content;
  throw noBytes(given);
}

/** A piece of the content. Anything else would be taken for bytes that it is not: arrays of other numbers, text. */
export function checkedPiece(piece: unknown): Uint8Array {
  if (isUint8Array(piece)) return piece;
  throw new InputError("content", `the stream gave ${kindOf(piece)}: ${BYTES}`);
}

/** Node's own conversion takes none but Node's own streams, and cannot be given up while it waits. */
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
      // Why it does not end in good order is of no interest any more.
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
