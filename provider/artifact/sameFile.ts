import { createReadStream } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";

const PIECE = 1024 * 1024;
const OWNER_EXECUTES = 0o100;

/** Reads a file in large chunks. */
export function readPieces(path: string): AsyncIterable<Uint8Array> {
  return createReadStream(path, { highWaterMark: PIECE }) as AsyncIterable<Uint8Array>;
}

/** Whether two regular files have the same bytes and the same executable bit. */
export async function sameFile(one: string, other: string): Promise<boolean> {
  const first = await open(one);
  try {
    const second = await open(other);
    try {
      return await sameContent(first, second);
    } finally {
      await second.close();
    }
  } finally {
    await first.close();
  }
}

async function sameContent(first: FileHandle, second: FileHandle): Promise<boolean> {
  const [mine, theirs] = await Promise.all([first.stat(), second.stat()]);
  // Windows has no executable bit.
  const differs = process.platform === "win32" ? 0 : (mine.mode ^ theirs.mode) & OWNER_EXECUTES;
  if (mine.size !== theirs.size || differs !== 0) return false;
  const length = Math.min(PIECE, mine.size);
  const [a, b] = [Buffer.alloc(length), Buffer.alloc(length)];
  for (let at = 0; at < mine.size; at += length) {
    const [{ bytesRead }, other] = await Promise.all([
      first.read(a, 0, length, at),
      second.read(b, 0, length, at),
    ]);
    const same = bytesRead === other.bytesRead && bytesRead > 0;
    if (!same || !a.subarray(0, bytesRead).equals(b.subarray(0, bytesRead))) return false;
  }
  return true;
}
