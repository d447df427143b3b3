import type { Readable } from "node:stream";
import { readEntries } from "../tar/readEntries.js";
import { expandLayer } from "./expandLayer.js";
import { checkSize, gather } from "./gather.js";

/**
 * One file from the archive in a layer; `undefined` if it is not there. The whole layer is read, because
 * its digest is verified at its end, and because the last of several entries with the same name counts.
 */
export async function archivedFile(
  layer: Readable,
  path: string,
  maxSize: number,
): Promise<Buffer | undefined> {
  const bytes = (layer as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  let found: Buffer | undefined;
  try {
    for await (const entry of readEntries(expandLayer(keptOpen(bytes)))) {
      if (entry.type !== "file" || plainPath(entry.name) !== path) continue;
      checkSize(path, entry.size, maxSize);
      found = await gather(entry.content(), entry.size);
    }
    // The bytes after the archive are part of the digest.
    for (let end = false; !end;) end = (await bytes.next()).done === true;
    return found;
  } finally {
    layer.destroy();
  }
}

/** Keeps the iterator open when a loop over it ends early, so that the rest can be read. */
function keptOpen<T>(iterator: AsyncIterator<T>): AsyncIterable<T> {
  return { [Symbol.asyncIterator]: () => ({ next: () => iterator.next() }) };
}

/** `tar -C folder .` starts every name with `./`. */
function plainPath(name: string): string {
  return name.replace(/^(?:\.\/)+/, "");
}
