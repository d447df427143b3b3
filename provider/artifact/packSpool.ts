import { randomUUID } from "node:crypto";
import { open, statfs, unlink, type FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Limit for all spools of the process; what does not fit is compressed again when it is sent. */
const SPOOL_LIMIT = 2 * 1024 ** 3;
const CHUNK_SIZE = 1024 * 1024;

let spooledBytes = 0;

/**
 * A temporary file that keeps compressed content between packing and pushing. It has no name, so it
 * vanishes with the process, even if that is killed. It is only an optimisation: if it cannot be written
 * (no space, no permission, too large), the content is compressed again.
 */
export class Spool {
  readonly #handle: FileHandle;
  readonly #room: number;
  #size = 0;
  #readers = 0;
  #discarded = false;

  private constructor(handle: FileHandle, room: number) {
    this.#handle = handle;
    this.#room = room;
  }

  /** `undefined` if this machine cannot store one. */
  static async create(directory: string = tmpdir()): Promise<Spool | undefined> {
    const path = join(directory, `pulumi-acr-${randomUUID()}`);
    try {
      const { bavail, bsize } = await statfs(directory);
      return new Spool(await openNameless(path), (bavail * bsize) / 4);
    } catch {
      // Not an error: the content is compressed again.
      return undefined;
    }
  }

  /** Whether the content can still be read. */
  isUsable(): boolean {
    return !this.#discarded;
  }

  /** Adds a chunk. The spool is discarded if that fails. */
  async append(chunk: Uint8Array): Promise<void> {
    if (this.#discarded) return;
    const fits = spooledBytes + chunk.length <= SPOOL_LIMIT && this.#size < this.#room;
    try {
      if (!fits) {
        await this.discard();
        return;
      }
      for (let done = 0; done < chunk.length;) {
        // A disk that is nearly full writes less than requested, and reports why only at the next write.
        const { bytesWritten } = await this.#handle.writev([chunk.subarray(done)], this.#size);
        if (bytesWritten === 0) throw new Error("the disk takes no more");
        done += bytesWritten;
        this.#size += bytesWritten;
        spooledBytes += bytesWritten;
      }
    } catch {
      // Most likely, the disk is full; the content is compressed again instead.
      await this.discard();
    }
  }

  /** Reads the content. If the disk fails, the stream ends early and the spool is discarded. */
  async *read(signal?: AbortSignal): AsyncGenerator<Buffer, void, void> {
    this.#readers++;
    try {
      for (let position = 0; position < this.#size;) {
        signal?.throwIfAborted();
        const chunk = await this.#readAt(position);
        if (chunk.length === 0) {
          await this.discard();
          return;
        }
        position += chunk.length;
        yield chunk;
      }
    } finally {
      this.#readers--;
      if (this.#discarded) await this.#close();
    }
  }

  async #readAt(position: number): Promise<Buffer> {
    const buffer = Buffer.allocUnsafeSlow(Math.min(CHUNK_SIZE, this.#size - position));
    try {
      const { bytesRead } = await this.#handle.read(buffer, 0, buffer.length, position);
      return buffer.subarray(0, bytesRead);
    } catch {
      return buffer.subarray(0, 0);
    }
  }

  /** Frees the space, once nobody reads any more. */
  async discard(): Promise<void> {
    if (this.#discarded) return;
    this.#discarded = true;
    await this.#close();
  }

  async #close(): Promise<void> {
    if (this.#readers > 0) return;
    spooledBytes -= this.#size;
    this.#size = 0;
    await closeQuietly(this.#handle);
  }
}

/** Opens a new file and deletes its name; if that fails, nothing remains. */
async function openNameless(path: string): Promise<FileHandle> {
  const handle = await open(path, "wx+", 0o600);
  try {
    await unlink(path);
    return handle;
  } catch (error) {
    await closeQuietly(handle);
    // Some file systems cannot delete an open file.
    await unlink(path).catch(() => undefined);
    throw error;
  }
}

/** An error while closing does not matter, since the content is not needed. */
async function closeQuietly(handle: FileHandle): Promise<void> {
  await handle.close().catch(() => undefined);
}
