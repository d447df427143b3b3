import { isAcrError, UnpackError } from "../errors.js";
import { aborted } from "../http/clock.js";
import { quoted } from "../oci/printable.js";

/** Turns an error of the local disk, or an abort, into an error of this package. */
export function targetFailure(
  error: unknown,
  target: string,
  signal: AbortSignal | undefined,
): unknown {
  if (isAcrError(error)) return error;
  if (signal?.aborted === true) return aborted(signal);
  const { code, syscall, path } = (error ?? {}) as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined) return error;
  const at = path ?? target;
  return new UnpackError("TARGET_UNWRITABLE", at, `cannot write ${quoted(at, 500)}: ${code}`, {
    cause: error,
  });
}
