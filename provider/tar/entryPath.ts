import { quoted } from "../oci/printable.js";

/** Linux's `PATH_MAX` and `NAME_MAX`, in bytes. Longer paths cannot be written. */
const PATH_LENGTH = 4096;
const STEP_LENGTH = 255;
/** Names that are devices on Windows, or that Windows writes under another name. */
const NOT_ON_WINDOWS = /[<>:"|?*]|[. ]$|^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/**
 * Says why an untrusted path must not be used below a folder; `undefined` if it may. It must be relative
 * and in its shortest form, and mean the same on every system.
 */
export function faultOfPath(path: string, platform: string = process.platform): string | undefined {
  if (path === "") return "it is empty";
  if (/\p{Cc}/u.test(path)) return "it contains a control character";
  if (/\p{Surrogate}/u.test(path)) return "it is not well-formed Unicode";
  if (path.includes("\\")) return 'it contains "\\"; the separator is "/"';
  if (path.startsWith("/") || /^[A-Za-z]:/.test(path)) return "it is an absolute path";
  const steps = path.split("/");
  if (steps.includes("")) return 'it has an empty segment ("//", or "/" at its end)';
  if (steps.includes(".") || steps.includes("..")) return 'it contains "." or ".." as a segment';
  return faultOfLength(path, steps) ?? (platform === "win32" ? faultOnWindows(steps) : undefined);
}

function faultOfLength(path: string, steps: readonly string[]): string | undefined {
  if (Buffer.byteLength(path) > PATH_LENGTH) return `it has more than ${PATH_LENGTH} bytes`;
  const long = steps.some((step) => Buffer.byteLength(step) > STEP_LENGTH);
  return long ? `a segment of it has more than ${STEP_LENGTH} bytes` : undefined;
}

function faultOnWindows(steps: readonly string[]): string | undefined {
  const step = steps.find((name) => NOT_ON_WINDOWS.test(name));
  return step === undefined ? undefined : `Windows has no file named ${quoted(step)}`;
}
