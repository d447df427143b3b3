import { randomUUID } from "node:crypto";
import { open, statfs, unlink, type FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** All spools of the process together; what does not fit is compressed again when it is sent. */
const SPOOL_LIMIT = 2 * 1024 ** 3;
const CHUNK_SIZE = 1024 * 1024;

let spooledBytes = 0;

/**
 * A temporary file that keeps compressed content from packing to pushing, so that it is compressed
 * once. It has no name: it vanishes with the process, even if that is killed. It is never needed:
 * where it cannot be written (no space, no permission, too large) the content is compressed again.
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

  /** `undefined` if this machine has no place for one. */
  static async create(directory: string = tmpdir()): Promise<Spool | undefined> {
    const path = join(directory, `pulumi-acr-${randomUUID()}`);
    let handle: FileHandle | undefined;
    try {
      const { bavail, bsize } = await statfs(directory);
      handle = await open(path, "wx+", 0o600);
      await unlink(path);
      return new Spool(handle, (bavail * bsize) / 4);
    } catch {
      // Never an error: see above.
      await handle?.close();
      return undefined;
    }
  }

  /** Whether the content can still be read from here. */
  isUsable(): boolean {
    return !this.#discarded;
  }

  /** Adds a chunk; gives up for good where that fails. */
  async append(chunk: Uint8Array): Promise<void> {
    if (this.#discarded) return;
    const fits = spooledBytes + chunk.length <= SPOOL_LIMIT && this.#size < this.#room;
    try {
      if (!fits) {
        await this.discard();
        return;
      }
      await this.#handle.writev([chunk], this.#size);
      this.#size += chunk.length;
      spooledBytes += chunk.length;
    } catch {
      // No space left, most likely; the content is compressed again instead.
      await this.discard();
    }
  }

  async *read(signal?: AbortSignal): AsyncGenerator<Buffer, void, void> {
    this.#readers++;
    try {
      for (let position = 0; position < this.#size;) {
        signal?.throwIfAborted();
        const buffer = Buffer.allocUnsafeSlow(Math.min(CHUNK_SIZE, this.#size - position));
        const { bytesRead } = await this.#handle.read(buffer, 0, buffer.length, position);
        if (bytesRead === 0) throw new Error("a temporary file lost its content");
        position += bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
    } finally {
      this.#readers--;
      if (this.#discarded) await this.#close();
    }
  }

  /** Gives the space back, once nobody reads any more. */
  async discard(): Promise<void> {
    if (this.#discarded) return;
    this.#discarded = true;
    await this.#close();
  }

  async #close(): Promise<void> {
    if (this.#readers > 0) return;
    spooledBytes -= this.#size;
    this.#size = 0;
    await this.#handle.close();
  }
}
