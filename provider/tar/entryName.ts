import { join } from "node:path";
import { PackError } from "../errors.js";
import type { SourceNames } from "./sourceFailure.js";

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Decodes a file name. Tar headers and manifests are UTF-8, so a name in another encoding could not be
 * restored.
 */
export function decodeName(name: Buffer, folder: SourceNames): string {
  try {
    return UTF8.decode(name);
  } catch (cause) {
    const shownPath = join(folder.shownPath, escapeBytes(name));
    throw new PackError(
      "SOURCE_UNSUPPORTED",
      shownPath,
      `the name of ${shownPath} is not UTF-8 and could not be restored elsewhere: rename the file`,
      { cause, property: folder.property },
    );
  }
}

/**
 * Refuses a name that would be another path after unpacking on Windows, where a backslash is a separator
 * and a colon follows a drive letter.
 */
export function checkEntryName(name: string, names: SourceNames, leaveOut: string): void {
  const unsafe = name.split("\\").some((part) => part === ".." || part === ".");
  if (!unsafe && !/^[A-Za-z]:(?:\\|$)/.test(name) && !name.startsWith("\\")) return;
  throw new PackError(
    "SOURCE_UNSUPPORTED",
    names.shownPath,
    `the name of ${names.shownPath} would lead out of the folder when unpacked on Windows: ` +
      `rename the file, or ${leaveOut}`,
    { property: names.property },
  );
}

function escapeBytes(name: Buffer): string {
  return name.toString("latin1").replaceAll(/[^\x20-\x7e]/g, (character) => {
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
}
