import { randomUUID } from "node:crypto";
import { mkdir, realpath, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { isAcrError, UnpackError } from "../errors.js";
import { aborted } from "../http/clock.js";
import { quoted } from "../oci/printable.js";
import { Placement } from "./placement.js";
import { removeIfEmpty } from "./removeIfEmpty.js";

/** A folder that is pulled to. */
export interface PullFolder {
  /** A new folder in it, on the same disk, which nobody else can look into. */
  readonly staging: string;
  readonly placement: Placement;
}

/** Runs a pull into a folder, which is made if it is not there. A failure leaves nothing of it behind. */
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
      // The caller may name the folder through a link; below it none is followed.
      return await staged(await realpath(folder), overwrite, pull);
    } catch (error) {
      if (made !== undefined) await removeEmpty(resolve(folder), made);
      throw error;
    }
  } catch (error) {
    throw told(error, folder, signal);
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
  try {
    await mkdir(partial, { mode: 0o700 });
    await mkdir(staging);
    await mkdir(attic);
    return await pull({ staging, placement });
  } catch (error) {
    const [failure] = await placement.undo();
    throw failure === undefined ? error : notTakenBack(error, failure, target);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** From the folder up to the first one that was made for it, as far as they are empty. */
async function removeEmpty(folder: string, made: string): Promise<void> {
  for (let at = folder; at.length >= made.length; at = dirname(at)) {
    if (!(await removeIfEmpty(at))) return;
  }
}

function notTakenBack(error: unknown, failure: unknown, target: string): UnpackError {
  const why = error instanceof Error ? error.message : String(error);
  const { code = "unknown", path = target } = failure as NodeJS.ErrnoException;
  return new UnpackError(
    "TARGET_UNWRITABLE",
    path,
    `${why}. What was written before could not be taken back: ${quoted(path, 500)} (${code})`,
    { cause: error },
  );
}

/** Errors of the disk and of signals in the words of this package. */
function told(error: unknown, folder: string, signal: AbortSignal | undefined): unknown {
  if (isAcrError(error)) return error;
  if (signal?.aborted === true) return aborted(signal);
  const { code, syscall, path } = (error ?? {}) as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined) return error;
  const at = path ?? folder;
  return new UnpackError("TARGET_UNWRITABLE", at, `cannot write ${quoted(at, 500)}: ${code}`, {
    cause: error,
  });
}
