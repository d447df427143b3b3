import { InputError } from "../errors.js";

/** A longer text passes nowhere well: it is in the program, in each state that has it, and in between. */
export const LARGEST_FILE = 64 * 1024 * 1024;

/** A file becomes a value of the program: what is too large for that is not read at all. */
export function checkSize(name: string, size: number, maxSize: number): void {
  if (size <= maxSize) return;
  const advice =
    size > LARGEST_FILE
      ? "pull the artifact into a folder instead (pullArtifact of pulumi-acr/client)"
      : "give a larger maxSize if that is wanted";
  throw new InputError(
    "maxSize",
    `${JSON.stringify(name)} has ${size} bytes, more than maxSize, ${maxSize}: a file becomes a value of the ` +
      `program; ${advice}`,
  );
}

/** All bytes of content that is exactly so long. */
export async function gather(bytes: AsyncIterable<Uint8Array>, size: number): Promise<Buffer> {
  const whole = Buffer.alloc(size);
  let filled = 0;
  for await (const piece of bytes) {
    whole.set(piece, filled);
    filled += piece.length;
  }
  return whole;
}
