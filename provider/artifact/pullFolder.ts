import { randomUUID } from "node:crypto";
import { mkdir, realpath, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { UnpackError } from "../errors.js";
import { quoted } from "../oci/printable.js";
import { targetFailure } from "../registry/targetFailure.js";
import { type NotTakenBack, Placement } from "./placement.js";
import { removeIfEmpty } from "./removeIfEmpty.js";

/** The target folder of a pull. */
export interface PullFolder {
  /** A new subfolder on the same disk, which nobody else can read. */
  readonly staging: string;
  readonly placement: Placement;
}

/** Runs a pull into a folder, which is created if needed. After a failure, nothing remains of it. */
export async function intoFolder<T>(
  folder: string,
  options: { readonly overwrite?: boolean; readonly signal?: AbortSignal },
  pull: (place: PullFolder) => Promise<T>,
): Promise<T> {
  const { overwrite = false, signal } = options;
  try {
    signal?.throwIfAborted();
    const made = await mkdir(resolve(folder), { recursive: true });
    try {
      // The caller may name the folder through a link; below it, no link is followed.
      return await staged(await realpath(folder), overwrite, pull);
    } catch (error) {
      if (made !== undefined) await removeEmpty(resolve(folder), made);
      throw error;
    }
  } catch (error) {
    throw targetFailure(error, folder, signal);
  }
}

async function staged<T>(
  target: string,
  overwrite: boolean,
  pull: (place: PullFolder) => Promise<T>,
): Promise<T> {
  const partial = join(target, `.pulumi-acr-${randomUUID()}.partial`);
  const [staging, attic] = [join(partial, "new"), join(partial, "old")];
  const placement = new Placement({ target, attic, overwrite });
  let leftover = partial;
  try {
    await mkdir(partial, { mode: 0o700 });
    await mkdir(staging);
    await mkdir(attic);
    return await pull({ staging, placement });
  } catch (error) {
    const failures = await placement.undo();
    // The attic holds the only copies of files that could not be restored.
    if (failures.some(({ kept }) => kept !== undefined)) leftover = staging;
    throw failures.length === 0 ? error : notTakenBack(error, failures);
  } finally {
    // If this fails, a hidden folder remains, as after a kill. This does not make a finished pull a
    // failure.
    await rm(leftover, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** Removes the folder and the parents created for it, as far as they are empty. */
async function removeEmpty(folder: string, made: string): Promise<void> {
  for (let at = folder; at.length >= made.length; at = dirname(at)) {
    if (!(await removeIfEmpty(at))) return;
  }
}

/** How many files the error names; the others are in the same folder. */
const MOST_NAMED = 5;

function notTakenBack(error: unknown, failures: readonly NotTakenBack[]): UnpackError {
  const why = error instanceof Error ? error.message : String(error);
  // First those whose only copy would be lost if nobody looks for it.
  const sorted = failures.toSorted(
    (a, b) => Number(b.kept !== undefined) - Number(a.kept !== undefined),
  );
  const named = sorted.slice(0, MOST_NAMED).map(described).join("; ");
  const more = sorted.length > MOST_NAMED ? `; and ${sorted.length - MOST_NAMED} more` : "";
  return new UnpackError(
    "TARGET_UNWRITABLE",
    sorted[0]?.path ?? "",
    `${why}. Some changes could not be undone: ${named}${more}`,
    { cause: error },
  );
}

function described({ path, kept, error }: NotTakenBack): string {
  const { code = "unknown" } = error as NodeJS.ErrnoException;
  const failed = `${quoted(path, 500)} (${code})`;
  return kept === undefined
    ? failed
    : `${failed}, of which the former file is ${quoted(kept, 500)}`;
}
