import { type FileHandle, open } from "node:fs/promises";

const gatheredBytes = 1024 * 1024;

/**
 * Appends to a file in pieces of about 1 MiB; one is written while the next is gathered. A socket
 * delivers 64 KiB at a time, and a separate write for each would cost more than the hash.
 */
export class GatheredFile {
  private gathered: Buffer[] = [];
  private bytes = 0;
  private writing: Promise<unknown> = Promise.resolve();

  private constructor(private readonly file: FileHandle) {}

  static async open(path: string): Promise<GatheredFile> {
    return new GatheredFile(await open(path, "a"));
  }

  /** Rejects if an earlier piece could not be written. */
  async append(chunk: Buffer): Promise<void> {
    this.gathered.push(chunk);
    this.bytes += chunk.length;
    if (this.bytes < gatheredBytes) return;
    await this.writing;
    this.write();
  }

  /** Writes the rest and closes the file, also after a failure. */
  async close(): Promise<void> {
    try {
      await this.writing;
      this.write();
      await this.writing;
    } finally {
      await this.file.close();
    }
  }

  private write(): void {
    if (this.bytes === 0) return;
    this.writing = this.file.appendFile(Buffer.concat(this.gathered, this.bytes));
    // A failed write is reported at the next await; until then, it must not count as unhandled.
    this.writing.catch(() => undefined);
    this.gathered = [];
    this.bytes = 0;
  }
}
