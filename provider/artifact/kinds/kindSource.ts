import { InputError } from "../../errors.js";
import { readSourceFile, readWholeFile, type SourceFile } from "../../tar/sourceFile.js";
import { locateSource } from "../source.js";
import type { ContentContext } from "./contentKind.js";

const UTF8 = new TextDecoder("utf-8", { fatal: true });

/** Locates the file that an argument of a kind names. */
export async function locateKindFile(
  path: string,
  { baseDirectory, property }: ContentContext,
  argument: string,
): Promise<SourceFile> {
  const named = `${property}.${argument}`;
  const found = await locateSource(path, { baseDirectory, property: named });
  if (found.kind === "file") return found.file;
  throw new InputError(named, `${path} is a folder: a file is needed`);
}

/** Reads a file that should be small. One larger than `limit` is refused. */
export async function readSmallFile(file: SourceFile, limit: number): Promise<Buffer> {
  if (file.size > limit) {
    throw new InputError(
      file.property ?? "content",
      `${file.shownPath} has ${file.size} bytes; at most ${limit} are supported`,
    );
  }
  const bytes = Buffer.alloc(file.size);
  await readWholeFile(file, bytes);
  return bytes;
}

/** Decodes UTF-8 text, without a byte order mark. */
export function decodeText(bytes: Uint8Array, names: Pick<SourceFile, "shownPath" | "property">) {
  try {
    return UTF8.decode(bytes);
  } catch (cause) {
    throw new InputError(names.property ?? "content", `${names.shownPath} is not UTF-8`, { cause });
  }
}

/** At most `limit` bytes from the start of a file, which show its format. */
export async function readHead(file: SourceFile, limit: number): Promise<Buffer> {
  for await (const chunk of readSourceFile(file)) return chunk.subarray(0, limit);
  return Buffer.alloc(0);
}
