import type { Stats } from "node:fs";
import { lstat, mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { ConflictError, UnpackError } from "../errors.js";
import { quoted } from "../oci/printable.js";
import { removeIfEmpty } from "./removeIfEmpty.js";
import { sameFile } from "./sameFile.js";

export type PlacementOutcome = "written" | "unchanged";

/** A change that could not be undone. */
export interface NotTakenBack {
  readonly path: string;
  /** Where the replaced file is now, which is its only copy. */
  readonly kept?: string;
  readonly error: unknown;
}

interface UndoStep extends Omit<NotTakenBack, "error"> {
  readonly take: () => Promise<unknown>;
}

/**
 * Moves finished files to their places in a folder, one by one, and undoes everything if one cannot be
 * placed. No link leads out of the folder: the parents of a file must be folders, not links.
 */
export class Placement {
  readonly #target: string;
  readonly #overwrite: boolean;
  /** Where replaced files are kept, in case they must be restored. */
  readonly #attic: string;
  readonly #undo: UndoStep[] = [];
  /** Folders known not to be links. */
  readonly #directories = new Set<string>([""]);
  /**
   * Files placed so far. Finding one of them at another name means that the file system does not
   * distinguish the two names.
   */
  readonly #placed = new Set<string>();
  #replaced = 0;

  constructor(options: { target: string; attic: string; overwrite: boolean }) {
    this.#target = options.target;
    this.#attic = options.attic;
    this.#overwrite = options.overwrite;
  }

  /** Creates a folder and its parents, if needed. */
  async directory(path: string): Promise<PlacementOutcome> {
    if (this.#directories.has(path)) return "unchanged";
    await this.directory(parentOf(path));
    const at = this.#pathOf(path);
    const found = await statsOf(at);
    if (found !== undefined && !found.isDirectory()) throw inTheWay(at, found);
    this.#directories.add(path);
    if (found !== undefined) return "unchanged";
    await mkdir(at);
    this.#undo.push({ path: at, take: () => removeIfEmpty(at) });
    return "written";
  }

  /** The existing file at a path; throws if something else is there. */
  async find(path: string): Promise<{ readonly path: string; readonly size: number } | undefined> {
    const steps = path.split("/");
    for (let count = 1; count < steps.length; count++) {
      const above = this.#pathOf(steps.slice(0, count).join("/"));
      const found = await statsOf(above);
      if (found === undefined) return undefined;
      if (!found.isDirectory()) throw inTheWay(above, found);
    }
    const at = this.#pathOf(path);
    const found = await statsOf(at);
    if (found !== undefined && !found.isFile()) throw inTheWay(at, found);
    return found && { path: at, size: found.size };
  }

  /** Moves a finished file to its place. An existing file with the same content is kept. */
  async file(staged: string, path: string): Promise<PlacementOutcome> {
    await this.directory(parentOf(path));
    const at = this.#pathOf(path);
    const found = await statsOf(at);
    if (found !== undefined) {
      if (!found.isFile()) throw inTheWay(at, found);
      if (this.#placed.has(inodeOf(found))) throw twice(path);
      if (await sameFile(staged, at)) return "unchanged";
      if (!this.#overwrite) throw otherContent(at);
      await this.#putAside(at);
    }
    this.#placed.add(inodeOf(await lstat(staged)));
    await rename(staged, at);
    // Somebody may have removed it meanwhile.
    this.#undo.push({ path: at, take: () => rm(at, { force: true }) });
    return "written";
  }

  /** Undoes everything in reverse order, as far as possible. Returns what could not be undone. */
  async undo(): Promise<readonly NotTakenBack[]> {
    const failures: NotTakenBack[] = [];
    for (const { take, ...step } of this.#undo.splice(0).reverse()) {
      await take().catch((error: unknown) => failures.push({ ...step, error }));
    }
    return failures;
  }

  async #putAside(at: string): Promise<void> {
    this.#replaced += 1;
    const aside = join(this.#attic, String(this.#replaced));
    await rename(at, aside);
    this.#undo.push({ path: at, kept: aside, take: () => rename(aside, at) });
  }

  #pathOf(path: string): string {
    return join(this.#target, ...path.split("/"));
  }
}

/** What is at a path, without following links; `undefined` if nothing is. */
async function statsOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function inodeOf({ dev, ino }: Stats): string {
  return `${dev}:${ino}`;
}

function twice(path: string): UnpackError {
  const message = `${quoted(path, 500)}: another file of the artifact has the same name on this file system`;
  return new UnpackError("CONTENT_REFUSED", path, message);
}

export function otherContent(path: string): ConflictError {
  return new ConflictError(
    path,
    `${quoted(path, 500)} exists with other content: remove it, pull to another folder, or give \`overwrite\``,
  );
}

function inTheWay(path: string, found: Stats): UnpackError {
  const kind = found.isSymbolicLink()
    ? "a symbolic link, which is not followed"
    : found.isDirectory()
      ? "a folder"
      : "not a regular file or folder";
  return new UnpackError(
    "TARGET_UNWRITABLE",
    path,
    `${quoted(path, 500)} is in the way: it is ${kind}. Remove it, or pull to another folder`,
  );
}

function parentOf(path: string): string {
  return path.split("/").slice(0, -1).join("/");
}
