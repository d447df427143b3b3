import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Stores changes of metadata: one small record for each repository, manifest, tag and blob link. */
export interface MetadataStore {
  put(key: string, value: object): void;
  remove(key: string): void;
  /** All records, in no particular order. */
  load(): { key: string; value: unknown }[];
}

/** For a temporary folder: nothing needs to be written. */
export const forgetfulMetadata: MetadataStore = {
  put: () => undefined,
  remove: () => undefined,
  load: () => [],
};

/**
 * One file for each record, replaced by a rename: a killed process leaves the old or the new record,
 * never half of one, and a change costs the same however large the registry is. Writes are synchronous,
 * so that changes reach the disk in the order in which they happen in memory.
 */
export class FileMetadata implements MetadataStore {
  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true });
  }

  put(key: string, value: object): void {
    const beside = join(this.folder, `${randomUUID()}.tmp`);
    writeFileSync(beside, JSON.stringify({ key, value }));
    renameSync(beside, this.fileOf(key));
  }

  remove(key: string): void {
    rmSync(this.fileOf(key), { force: true });
  }

  load(): { key: string; value: unknown }[] {
    const records: { key: string; value: unknown }[] = [];
    for (const name of readdirSync(this.folder)) {
      const file = join(this.folder, name);
      if (name.endsWith(".tmp")) rmSync(file, { force: true });
      else if (name.endsWith(".json")) records.push(readRecord(file));
    }
    return records;
  }

  private fileOf(key: string): string {
    return join(this.folder, `${createHash("sha256").update(key).digest("hex")}.json`);
  }
}

function readRecord(file: string): { key: string; value: unknown } {
  try {
    const { key, value } = JSON.parse(readFileSync(file, "utf8")) as {
      key: string;
      value: unknown;
    };
    return { key, value };
  } catch (cause) {
    throw new Error(`Reading the emulator's metadata failed: ${file} is not a record.`, { cause });
  }
}
