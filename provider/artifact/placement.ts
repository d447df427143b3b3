import type { Stats } from "node:fs";
import { lstat, mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { ConflictError, UnpackError } from "../errors.js";
import { quoted } from "../oci/printable.js";
import { removeIfEmpty } from "./removeIfEmpty.js";
import { sameFile } from "./sameFile.js";

export type PlacementOutcome = "written" | "unchanged";

/** What could not be taken back. */
export interface NotTakenBack {
  readonly path: string;
  /** Where the file is that stood at the path before: its only copy. */
  readonly kept?: string;
  readonly error: unknown;
}

interface UndoStep extends Omit<NotTakenBack, "error"> {
  readonly take: () => Promise<unknown>;
}

/**
 * Puts finished files to where they belong below a folder, one by one, and takes all of it back if one
 * cannot be put there. Nothing is followed out of the folder: what stands in the way of a file's path
 * must be a folder, not a link to one.
 */
export class Placement {
  readonly #target: string;
  readonly #overwrite: boolean;
  /** Where replaced files wait, in case that they have to be put back. */
  readonly #attic: string;
  readonly #undo: UndoStep[] = [];
  /** Folders that are known to be no links. */
  readonly #directories = new Set<string>([""]);
  /** Files that were moved: to meet one again means that the file system takes two names for one. */
  readonly #placed = new Set<string>();
  #replaced = 0;

  constructor(options: { target: string; attic: string; overwrite: boolean }) {
    this.#target = options.target;
    this.#attic = options.attic;
    this.#overwrite = options.overwrite;
  }

  /** Makes sure that a folder is there, with those above it. */
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

  /** The file that stands at a path already; anything else there is an error. */
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

  /** Moves a finished file to its place; one with the same content that is there already stays. */
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

  /** Takes everything back, the last first, as far as that is possible; answers what was not. */
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

/** What is at a path, links not followed; `undefined` if nothing is. */
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
