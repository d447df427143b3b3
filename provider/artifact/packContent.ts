import { lstat } from "node:fs/promises";
import type { PackError } from "../errors.js";
import { limit } from "../concurrency/limit.js";
import { sourceFailure } from "../tar/sourceFailure.js";
import {
  assertSame,
  readSourceFile,
  sourceChanged,
  type ReadOptions,
  type SourceFile,
} from "../tar/sourceFile.js";
import { tarChunks } from "../tar/tarChunks.js";
import type { TarEntry } from "../tar/tarEntry.js";

/** Content before compression, which can be read any number of times. */
export interface PlainContent {
  /** Its name in messages: a path as the user wrote it. */
  readonly shownPath: string;
  read(options?: ReadOptions): AsyncIterable<Uint8Array>;
  /** Checks, without reading the content, that it has not changed since it was listed. */
  assertUnchanged(signal?: AbortSignal): Promise<void>;
  /** The error for content that has changed. */
  changed(): PackError;
}

export function fileContent(file: SourceFile): PlainContent {
  return {
    shownPath: file.shownPath,
    read: (options) => readSourceFile(file, options),
    assertUnchanged: () => assertUnchanged(file),
    changed: () => sourceChanged(file),
  };
}

/** The archive of the entries listed in a folder. */
export function archiveContent(
  entries: readonly TarEntry[],
  names: { readonly shownPath: string; readonly property: string | undefined },
): PlainContent {
  return {
    shownPath: names.shownPath,
    read: (options) => tarChunks(entries, options),
    assertUnchanged: (signal) => assertEntriesUnchanged(entries, signal),
    changed: () => sourceChanged(names),
  };
}

export function bytesContent(bytes: Uint8Array, property: string): PlainContent {
  return {
    shownPath: property,
    read: () => ({ [Symbol.asyncIterator]: () => once(bytes) }),
    assertUnchanged: () => Promise.resolve(),
    changed: () => sourceChanged({ shownPath: property, property }),
  };
}

function once(bytes: Uint8Array): AsyncIterator<Uint8Array> {
  const values = (bytes.length > 0 ? [bytes] : [])[Symbol.iterator]();
  return { next: () => Promise.resolve(values.next()) };
}

async function assertEntriesUnchanged(
  entries: readonly TarEntry[],
  signal?: AbortSignal,
): Promise<void> {
  const turn = limit(32);
  await Promise.all(
    entries.map((entry) =>
      turn(async () => {
        signal?.throwIfAborted();
        if (entry.type === "file") await assertUnchanged(entry.source);
      }),
    ),
  );
}

async function assertUnchanged(file: SourceFile): Promise<void> {
  try {
    assertSame(await lstat(file.path, { bigint: true }), file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") throw sourceChanged(file);
    throw sourceFailure(error, "examine", file);
  }
}
