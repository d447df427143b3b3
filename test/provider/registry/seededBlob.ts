import { Readable } from "node:stream";
import type { Blob } from "../../../provider/oci/blob.js";
import { type Digest, digestOf } from "../../../provider/oci/digest.js";

/** Content of a given size that never repeats, and the number of times it was opened. */
export interface SeededBlob extends Blob {
  readonly content: Buffer;
  readonly opened: number;
}

/** Opens in pieces of `piece` bytes; `spoil` changes the opened bytes but not the descriptor. */
export function seededBlob(
  size: number,
  options: { piece?: number; seed?: number; spoil?: (content: Buffer) => Buffer } = {},
): SeededBlob {
  const { content, digest } = seeded(size, options.seed ?? 1);
  const { piece = 65_536, spoil = (bytes: Buffer) => bytes } = options;
  let opened = 0;
  return {
    content,
    descriptor: { mediaType: "application/octet-stream", digest, size },
    open: () => {
      opened += 1;
      return Readable.from(pieces(spoil(content), piece), { objectMode: false });
    },
    get opened() {
      return opened;
    },
  };
}

const made = new Map<string, { readonly content: Buffer; readonly digest: Digest }>();

/** Made once for all tests: it is never written to. */
function seeded(size: number, seed: number): { readonly content: Buffer; readonly digest: Digest } {
  const known = made.get(`${size} ${seed}`);
  if (known !== undefined) return known;
  const words = new Uint32Array(Math.ceil(size / 4));
  for (let index = 0, state = seed; index < words.length; index += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    words[index] = state;
  }
  const content = Buffer.from(words.buffer, 0, size);
  const fresh = { content, digest: digestOf(content) };
  made.set(`${size} ${seed}`, fresh);
  return fresh;
}

function* pieces(content: Buffer, piece: number): Generator<Buffer> {
  for (let at = 0; at < content.length; at += piece) yield content.subarray(at, at + piece);
}
