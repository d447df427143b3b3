import { createHash } from "node:crypto";
import { basename } from "node:path";
import { FileSelection, type FilePatterns } from "../../../provider/tar/fileSelection.js";
import { listEntries } from "../../../provider/tar/listEntries.js";
import { tarChunks } from "../../../provider/tar/tarChunks.js";
import type { TarEntry } from "../../../provider/tar/tarEntry.js";

export async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const copies: Buffer[] = [];
  for await (const chunk of chunks) copies.push(Buffer.from(chunk));
  return Buffer.concat(copies);
}

export function sha256(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** Lists a folder under a name; `shownPath` is the folder's own name. */
export async function list(
  path: string,
  patterns: FilePatterns = {},
  entryName = "data",
): Promise<TarEntry[]> {
  const names = { shownPath: basename(path), property: "layers[0].directory" };
  const selection = new FileSelection(patterns, "layers[0]");
  return await listEntries({ path, ...names, entryName }, { selection });
}

export async function archive(path: string, patterns: FilePatterns = {}): Promise<Buffer> {
  return await collect(tarChunks(await list(path, patterns)));
}
