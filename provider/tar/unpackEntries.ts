import { constants } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { UnpackError } from "../errors.js";
import { quoted } from "../oci/printable.js";
import { faultOfPath } from "./entryPath.js";
import { type EntryType } from "./parseHeader.js";
import { readEntries, type ArchiveEntry } from "./readEntries.js";
import { whenDescriptorsAllow } from "./sourceFailure.js";
import { DIRECTORY_MODE, fileMode } from "./tarEntry.js";

/**
 * A file or folder that was written, with its path relative to the target folder; parents come before
 * their children.
 */
export interface UnpackedEntry {
  readonly type: "file" | "directory";
  /** `/`-separated; empty for the target folder itself. */
  readonly path: string;
}

export interface UnpackOptions {
  /** Every name must equal this or begin with it and a slash. It is removed on disk. */
  readonly prefix: string;
  /** A folder that does not exist yet, where nobody else writes. */
  readonly folder: string;
  readonly maxEntries: number;
}

/**
 * Writes the regular files and folders of an archive into a new folder. Everything else is refused before
 * it is written: links, devices, and names that lead elsewhere or twice to the same place (also by two
 * spellings that the file system does not distinguish). Permissions are 0644 or 0755, subject to the
 * umask.
 */
export async function unpackEntries(
  archive: AsyncIterable<Uint8Array>,
  options: UnpackOptions,
): Promise<readonly UnpackedEntry[]> {
  const unpacking = new Unpacking(options);
  await unpacking.begin();
  for await (const entry of readEntries(archive)) await unpacking.take(entry);
  return unpacking.written;
}

/** Never follows an existing link and never overwrites anything. */
const NEW_FILE =
  constants.O_WRONLY |
  constants.O_CREAT |
  constants.O_EXCL |
  ((constants.O_NOFOLLOW as number | undefined) ?? 0);

const NAMES: Readonly<Record<Exclude<EntryType, "file" | "directory">, string>> = {
  symlink: "a symbolic link",
  hardlink: "a hard link",
  other: "a device, a pipe or of an unknown type",
};

/** Replaces bytes that are not UTF-8; two different names could become the same. */
const REPLACED = "\ufffd";

class Unpacking {
  readonly written: UnpackedEntry[] = [];
  readonly #options: UnpackOptions;
  readonly #directories = new Set<string>([""]);
  #count = 0;

  constructor(options: UnpackOptions) {
    this.#options = options;
  }

  async begin(): Promise<void> {
    await mkdir(this.#options.folder, { mode: DIRECTORY_MODE });
    this.written.push({ type: "directory", path: "" });
  }

  async take(entry: ArchiveEntry): Promise<void> {
    const path = this.#relative(entry);
    this.#admit(entry);
    if (entry.type === "directory") return this.#makeDirectory(path, entry);
    if (entry.type !== "file") {
      throw refused(entry.name, `it is ${NAMES[entry.type]}; only files and folders are written`);
    }
    if (path === "") throw refused(entry.name, "it is a file where the layer's folder should be");
    await this.#makeParent(path, entry);
    await this.#writeFile(path, entry);
  }

  /** Counts the entries and implied folders before any of them is created. */
  #admit(entry: ArchiveEntry): void {
    const { maxEntries } = this.#options;
    this.#count += 1;
    if (this.#count <= maxEntries) return;
    const reason = `the archive has more than ${maxEntries} entries (\`maxEntries\`)`;
    throw refused(entry.name, `${reason}, with the folders that names imply`);
  }

  /** The name without the prefix. */
  #relative(entry: ArchiveEntry): string {
    const name = entry.type === "directory" ? entry.name.replace(/\/+$/, "") : entry.name;
    const fault = name.includes(REPLACED) ? "it is not UTF-8" : faultOfPath(name);
    if (fault !== undefined) throw refused(name, `its name cannot be used: ${fault}`);
    const { prefix } = this.#options;
    if (name === prefix) return "";
    if (name.startsWith(`${prefix}/`)) return name.slice(prefix.length + 1);
    throw refused(name, `it is not below ${quoted(prefix)}, which is the layer's title`);
  }

  async #makeDirectory(path: string, entry: ArchiveEntry): Promise<void> {
    if (this.#directories.has(path)) return;
    await this.#makeParent(path, entry);
    await unoccupied(entry, () => mkdir(this.#pathOf(path), { mode: DIRECTORY_MODE }));
    this.#directories.add(path);
    this.written.push({ type: "directory", path });
  }

  /** Creates a folder that has no entry of its own, or none so far. */
  async #makeParent(path: string, entry: ArchiveEntry): Promise<void> {
    const parent = parentOf(path);
    if (this.#directories.has(parent)) return;
    this.#admit(entry);
    await this.#makeDirectory(parent, entry);
  }

  async #writeFile(path: string, entry: ArchiveEntry): Promise<void> {
    const create = () => open(this.#pathOf(path), NEW_FILE, fileMode(entry.mode));
    const file = await unoccupied(entry, () => whenDescriptorsAllow(create));
    this.written.push({ type: "file", path });
    try {
      for await (const piece of entry.content()) await file.writeFile(piece);
    } finally {
      await file.close();
    }
  }

  #pathOf(path: string): string {
    return join(this.#options.folder, ...path.split("/"));
  }
}

function parentOf(path: string): string {
  const parent = dirname(path);
  return parent === "." ? "" : parent;
}

async function unoccupied<T>(entry: ArchiveEntry, create: () => Promise<T>): Promise<T> {
  try {
    return await create();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    throw refused(entry.name, "another entry leads to the same place", error);
  }
}

function refused(name: string, reason: string, cause?: unknown): UnpackError {
  return new UnpackError("CONTENT_REFUSED", name, `${quoted(name)}: ${reason}`, { cause });
}
