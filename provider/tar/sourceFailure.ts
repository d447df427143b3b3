import { setTimeout as delay } from "node:timers/promises";
import { PackError, type SourceErrorCode } from "../errors.js";

/** How messages name a file or folder. */
export interface SourceNames {
  readonly shownPath: string;
  readonly property: string | undefined;
  /** The folder that relative paths start from. */
  readonly folder?: string | undefined;
}

/** Turns an error of the file system into one that says what was attempted, and on which path. */
export function sourceFailure(error: unknown, action: string, names: SourceNames): unknown {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (typeof code !== "string" || error instanceof PackError) return error;
  return new PackError(codeOf(code), names.shownPath, message(code, action, names), {
    cause: error,
    property: names.property,
  });
}

function codeOf(code: string): SourceErrorCode {
  return code === "ENOENT" || code === "ENOTDIR" ? "SOURCE_NOT_FOUND" : "SOURCE_UNREADABLE";
}

function message(code: string, action: string, { shownPath: path, folder }: SourceNames): string {
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return `${path} does not exist${folder === undefined ? "" : ` in ${folder}`}`;
    case "ELOOP":
      return `${path} is a symbolic link that leads back to itself`;
    case "ENAMETOOLONG":
      return `a path of ${path.length} characters is too long: it begins with ${path.slice(0, 40)}…`;
    case "EACCES":
    case "EPERM":
      return `${path} cannot be read: permission denied (${code})`;
    case "EMFILE":
    case "ENFILE":
      return `cannot ${action} ${path}: too many open files (${code}); raise the limit of open files`;
    default:
      return `cannot ${action} ${path}: ${code}`;
  }
}

const ATTEMPTS = 10;
const FIRST_WAIT_MS = 5;

/** Retries while the process is out of file descriptors, because others are closed meanwhile. */
export async function whenDescriptorsAllow<T>(operation: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await operation();
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if ((code !== "EMFILE" && code !== "ENFILE") || attempt === ATTEMPTS) throw error;
      await delay(FIRST_WAIT_MS * 2 ** (attempt - 1));
    }
  }
}
