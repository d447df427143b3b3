import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { randomUUID } from "node:crypto";

import { type ParsedDigest, parseDigest } from "../wire/digest.js";

/**
 * Files named by their digest, shared by all repositories and deleted with their last use. A file gets
 * its name by a rename, so that it is always complete. The use is registered in the same turn of the
 * event loop as the rename, so that no concurrent delete can come in between.
 */
export class ContentStore {
  private readonly sizes = new Map<string, number>();
  private readonly uses = new Map<string, number>();

  constructor(private readonly folder: string) {
    mkdirSync(this.temporaryFolder, { recursive: true });
  }

  private get temporaryFolder(): string {
    return join(this.folder, "uploads");
  }

  /** A new path on the same file system, for content whose digest is not known yet. */
  temporaryPath(): string {
    return join(this.temporaryFolder, randomUUID());
  }

  /** The file of a digest, with the layout of the service's storage. */
  path(digest: string): string {
    const { algorithm, hex } = known(digest);
    return join(this.folder, algorithm, hex.slice(0, 2), hex, "data");
  }

  size(digest: string): number | undefined {
    return this.sizes.get(digest);
  }

  /** Moves a temporary file to its digest and registers one more use. */
  adopt(temporary: string, digest: ParsedDigest, size: number): void {
    const target = this.path(digest.text);
    mkdirSync(dirname(target), { recursive: true });
    renameSync(temporary, target);
    this.sizes.set(digest.text, size);
  }

  /** Registers content of an earlier run. Undefined if its file is missing. */
  recover(digest: string): number | undefined {
    const stat = statSync(this.path(digest), { throwIfNoEntry: false });
    if (stat === undefined) return undefined;
    this.sizes.set(digest, stat.size);
    return stat.size;
  }

  retain(digest: string): void {
    this.uses.set(digest, (this.uses.get(digest) ?? 0) + 1);
  }

  /** Ends one use; the last one deletes the file. A running download keeps its open file. */
  release(digest: string): void {
    const left = (this.uses.get(digest) ?? 0) - 1;
    if (left > 0) {
      this.uses.set(digest, left);
      return;
    }
    this.uses.delete(digest);
    this.sizes.delete(digest);
    rmSync(dirname(this.path(digest)), { recursive: true, force: true });
  }

  async discard(temporary: string): Promise<void> {
    await rm(temporary, { force: true });
  }

  /** Deletes the unfinished uploads of an earlier process. */
  clearUploads(): void {
    for (const name of readdirSync(this.temporaryFolder)) {
      rmSync(join(this.temporaryFolder, name), { force: true });
    }
  }
}

function known(digest: string): ParsedDigest {
  const parsed = parseDigest(digest);
  if (parsed === undefined) throw new Error(`"${digest}" is not a digest.`);
  return parsed;
}
