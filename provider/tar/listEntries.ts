import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { BigIntStats } from "node:fs";
import { PackError } from "../errors.js";
import { checkEntryName, decodeName } from "./entryName.js";
import type { EntrySelection, Verdict } from "./entrySelection.js";
import { identify } from "./sourceFile.js";
import { sourceFailure, type SourceNames, whenDescriptorsAllow } from "./sourceFailure.js";
import { DIRECTORY_MODE, fileMode, type TarEntry } from "./tarEntry.js";

/** The folder to archive. */
export interface SourceDirectory {
  /** Absolute path. */
  readonly path: string;
  /** The path as the user wrote it, for messages. */
  readonly shownPath: string;
  readonly property: string | undefined;
  /** Name of the folder in the archive: its first entry, and the prefix of all others. */
  readonly entryName: string;
}

export interface ListOptions {
  readonly selection: EntrySelection;
  readonly signal?: AbortSignal | undefined;
}

/** Enough to keep the four threads of Node's file system pool busy. */
const STATS_AT_ONCE = 32;

/**
 * Lists a folder in the order in which ORAS archives it: the folder first, then the members of each
 * folder, sorted by the bytes of their names. A folder is listed if it is selected itself, even if empty,
 * or contains a listed file, so that parents always come before their children.
 *
 * @throws PackError for anything that is neither a regular file nor a folder.
 * @throws InputError if the patterns exclude everything.
 */
export async function listEntries(
  directory: SourceDirectory,
  options: ListOptions,
): Promise<TarEntry[]> {
  const below = await listBelow({ ...directory, relativePath: "", covered: false }, options);
  if (below.length === 0) options.selection.refuseNothing(directory.shownPath);
  below.unshift(directoryEntry(directory.entryName));
  return below;
}

interface Folder extends SourceDirectory {
  /** Path below the archived folder; empty for the folder itself. */
  readonly relativePath: string;
  /** Whether a pattern selected a folder at or above this one. */
  readonly covered: boolean;
}

interface Child extends Folder {
  readonly stats: BigIntStats;
  readonly verdict: Verdict;
}

async function listBelow(folder: Folder, options: ListOptions): Promise<TarEntry[]> {
  const entries: TarEntry[] = [];
  for (const child of await listChildren(folder, options)) {
    if (child.stats.isDirectory()) {
      const below = await listBelow(child, options);
      if (child.verdict === "take" || below.length > 0) {
        entries.push(directoryEntry(child.entryName));
        for (const entry of below) entries.push(entry);
      }
    } else {
      entries.push(fileEntry(child));
    }
  }
  return entries;
}

async function listChildren(folder: Folder, options: ListOptions): Promise<Child[]> {
  const names = await readNames(folder);
  const children: Child[] = [];
  for (let from = 0; from < names.length; from += STATS_AT_ONCE) {
    options.signal?.throwIfAborted();
    const batch = names.slice(from, from + STATS_AT_ONCE);
    const found = await Promise.all(batch.map((name) => inspect(folder, name, options.selection)));
    for (const child of found) if (child !== undefined) children.push(child);
  }
  return children;
}

/**
 * Names are read as bytes, so that the order does not depend on the locale and names in another encoding
 * than UTF-8 are noticed.
 */
async function readNames(folder: Folder): Promise<string[]> {
  try {
    const names = await whenDescriptorsAllow(() => readdir(folder.path, { encoding: "buffer" }));
    return names.sort((a, b) => a.compare(b)).map((name) => decodeName(name, folder));
  } catch (error) {
    throw sourceFailure(error, "list", folder);
  }
}

async function inspect(
  folder: Folder,
  name: string,
  selection: EntrySelection,
): Promise<Child | undefined> {
  const child = {
    path: join(folder.path, name),
    shownPath: join(folder.shownPath, name),
    property: folder.property,
    entryName: `${folder.entryName}/${name}`,
    relativePath: folder.relativePath === "" ? name : `${folder.relativePath}/${name}`,
  };
  const stats = await statEntry(child);
  const verdict = selection.decide(child.relativePath, stats.isDirectory(), folder.covered);
  if (verdict === "skip") return undefined;
  checkEntryName(name, child, selection.leaveOut);
  if (!stats.isFile() && !stats.isDirectory()) {
    throw unsupported(child, stats, selection.leaveOut);
  }
  return { ...child, stats, verdict, covered: verdict === "take" };
}

/** Looks without following a link or opening anything, because opening a named pipe would block. */
async function statEntry(names: Pick<Folder, "path" | "shownPath" | "property">) {
  try {
    return await lstat(names.path, { bigint: true });
  } catch (error) {
    throw sourceFailure(error, "examine", names);
  }
}

function directoryEntry(name: string): TarEntry {
  return { type: "directory", name, size: 0, mode: DIRECTORY_MODE };
}

function fileEntry({ path, shownPath, property, entryName, stats }: Child): TarEntry {
  const source = identify(stats, { path, shownPath, property });
  const mode = fileMode(Number(stats.mode));
  return { type: "file", name: entryName, size: source.size, mode, source };
}

function unsupported(names: SourceNames, stats: BigIntStats, leaveOut: string): PackError {
  const { shownPath, property } = names;
  const kind = kindOf(stats);
  return new PackError(
    "SOURCE_UNSUPPORTED",
    shownPath,
    `${shownPath} is ${kind}: only regular files and folders can be published; ` +
      leaveOut +
      (stats.isSymbolicLink() ? ", or put a copy of what it points to in its place" : ""),
    { property },
  );
}

/** What a path is, for messages. */
export function kindOf(stats: BigIntStats): string {
  if (stats.isFile()) return "a file";
  if (stats.isDirectory()) return "a folder";
  if (stats.isSymbolicLink()) return "a symbolic link";
  if (stats.isFIFO()) return "a named pipe";
  if (stats.isSocket()) return "a socket";
  return "a device";
}
