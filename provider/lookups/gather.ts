import { InputError } from "../errors.js";

/**
 * The most that `maxSize` allows: the content is held by the program, and by each state that uses it.
 */
export const LARGEST_FILE = 64 * 1024 * 1024;

/** Refuses a file that is too large before it is read, because it becomes a value of the program. */
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

/** All bytes of content that has exactly this size. */
export async function gather(bytes: AsyncIterable<Uint8Array>, size: number): Promise<Buffer> {
  const whole = Buffer.alloc(size);
  let filled = 0;
  for await (const piece of bytes) {
    whole.set(piece, filled);
    filled += piece.length;
  }
  return whole;
}
