import type { SourceFile } from "./sourceFile.js";

/** One entry of an archive: a folder, or a regular file with the source of its bytes. */
export type TarEntry = TarDirectory | TarFile;

export interface TarDirectory {
  readonly type: "directory";
  /** Path in the archive: relative, `/`-separated, without a slash at its end. */
  readonly name: string;
  readonly size: 0;
  readonly mode: EntryMode;
}

export interface TarFile {
  readonly type: "file";
  readonly name: string;
  readonly size: number;
  readonly mode: EntryMode;
  readonly source: SourceFile;
}

/** The only two modes of files: the other permissions depend on umask, checkout and operating system. */
export type EntryMode = 0o644 | 0o755;

const OWNER_EXECUTES = 0o100;

export function fileMode(statMode: number): EntryMode {
  return (statMode & OWNER_EXECUTES) === 0 ? 0o644 : 0o755;
}

/** Folders always have 0755, since one that is not executable could not be listed after unpacking. */
export const DIRECTORY_MODE: EntryMode = 0o755;
