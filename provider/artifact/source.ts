import { lstat, realpath, stat } from "node:fs/promises";
import type { BigIntStats } from "node:fs";
import { isAbsolute, relative, resolve, sep } from "node:path";
import { InputError, PackError } from "../errors.js";
import { kindOf } from "../tar/listEntries.js";
import { identify, type SourceFile } from "../tar/sourceFile.js";
import { sourceFailure, type SourceNames } from "../tar/sourceFailure.js";

/** Where the bytes of a layer come from: exactly one of `file`, `directory` and `content`. */
export interface LayerSource {
  /** Path of a file, relative to the base directory. */
  readonly file?: string | undefined;
  /** Path of a folder, relative to the base directory. It is packed as an archive. */
  readonly directory?: string | undefined;
  /** The content itself, as UTF-8. */
  readonly content?: string | undefined;
  /** With `directory`: only files that match one of these patterns. */
  readonly include?: readonly string[] | undefined;
  /** With `directory`: no files that match one of these patterns. */
  readonly exclude?: readonly string[] | undefined;
}

export type SourceKind = "file" | "directory" | "content";

/** How paths are resolved and named. */
export interface SourceContext {
  /** The folder that relative paths start from. */
  readonly baseDirectory: string;
  /** Path of the property that holds the source, for example `layers[2]`. */
  readonly property: string;
}

const KINDS: readonly SourceKind[] = ["file", "directory", "content"];

/** The kind of source; fails unless there is exactly one. */
export function sourceKind(source: LayerSource, property: string): SourceKind {
  const given = KINDS.filter((kind) => source[kind] !== undefined);
  const [kind] = given;
  if (kind === undefined || given.length > 1) {
    const found = kind === undefined ? "none is given" : `${given.join(" and ")} are given`;
    throw new InputError(property, `give exactly one of file, directory and content: ${found}`);
  }
  const value: unknown = source[kind];
  if (typeof value !== "string" || (kind !== "content" && (value === "" || value.includes("\0")))) {
    const what = kind === "content" ? "a string" : "the path of a file or folder";
    throw new InputError(`${property}.${kind}`, `${JSON.stringify(value)} is not ${what}`);
  }
  if (kind !== "directory" && (source.include !== undefined || source.exclude !== undefined)) {
    throw new InputError(
      property,
      "include and exclude choose files of a directory; none is given",
    );
  }
  return kind;
}

/** Locates a regular file. */
export async function locateFile(path: string, context: SourceContext): Promise<SourceFile> {
  const { found, stats, names } = await locate(
    path,
    context.baseDirectory,
    `${context.property}.file`,
  );
  if (!stats.isFile()) {
    throw wrongKind(
      names,
      stats,
      stats.isDirectory() ? "use `directory` for it" : "a file is needed",
    );
  }
  return identify(stats, { ...names, path: found });
}

/** Locates a folder; returns its absolute path. */
export async function locateDirectory(
  path: string,
  context: SourceContext,
): Promise<{ path: string } & SourceNames> {
  const { found, stats, names } = await locate(
    path,
    context.baseDirectory,
    `${context.property}.directory`,
  );
  if (!stats.isDirectory()) {
    throw wrongKind(names, stats, stats.isFile() ? "use `file` for it" : "a folder is needed");
  }
  return { ...names, path: found };
}

/** What a path leads to. */
export type FoundSource =
  | { readonly kind: "file"; readonly file: SourceFile }
  | { readonly kind: "directory"; readonly directory: { readonly path: string } & SourceNames };

/** Locates a file or folder. `property` names the path itself. */
export async function locateSource(
  path: string,
  { baseDirectory, property }: SourceContext,
): Promise<FoundSource> {
  if (path === "" || path.includes("\0")) {
    throw new InputError(property, `${JSON.stringify(path)} is not the path of a file or folder`);
  }
  const { found, stats, names } = await locate(path, baseDirectory, property);
  if (stats.isDirectory()) return { kind: "directory", directory: { ...names, path: found } };
  if (!stats.isFile()) throw wrongKind(names, stats, "a file or a folder is needed");
  return { kind: "file", file: identify(stats, { ...names, path: found }) };
}

interface Located {
  readonly found: string;
  readonly stats: BigIntStats;
  readonly names: SourceNames;
}

async function locate(path: string, baseDirectory: string, property: string): Promise<Located> {
  const folder = isAbsolute(path) ? undefined : baseDirectory;
  const names = { shownPath: path, property, folder };
  const absolute = resolve(baseDirectory, path);
  try {
    const stats = await lstat(absolute, { bigint: true });
    if (!stats.isSymbolicLink()) return { found: absolute, stats, names };
    const found = await realpath(absolute).catch((error: unknown) => {
      throw (error as NodeJS.ErrnoException).code === "ENOENT" ? leadsNowhere(names) : error;
    });
    if (!isWithin(await realpath(baseDirectory), found)) throw leadsOut(names);
    return { found, stats: await stat(found, { bigint: true }), names };
  } catch (error) {
    throw sourceFailure(error, "examine", names);
  }
}

function isWithin(folder: string, path: string): boolean {
  const steps = relative(folder, path);
  return steps !== ".." && !steps.startsWith(`..${sep}`) && !isAbsolute(steps);
}

function leadsOut(names: SourceNames): PackError {
  return new PackError(
    "SOURCE_UNSUPPORTED",
    names.shownPath,
    `${names.shownPath} is a symbolic link that leads out of the program's folder: ` +
      `name the place it points to, or put a copy there`,
    { property: names.property },
  );
}

function leadsNowhere(names: SourceNames): PackError {
  return new PackError(
    "SOURCE_NOT_FOUND",
    names.shownPath,
    `${names.shownPath} is a symbolic link to something that does not exist`,
    { property: names.property },
  );
}

function wrongKind(names: SourceNames, stats: BigIntStats, advice: string): PackError {
  return new PackError(
    "SOURCE_UNSUPPORTED",
    names.shownPath,
    `${names.shownPath} is ${kindOf(stats)}: ${advice}`,
    { property: names.property },
  );
}
