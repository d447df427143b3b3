import type { Readable } from "node:stream";
import { readEntries } from "../tar/readEntries.js";
import { expandLayer } from "./expandLayer.js";
import { checkSize, gather } from "./gather.js";

/**
 * One file of the archive in a layer; `undefined` if it is not there. All of the layer is read: its digest
 * is checked at its end, and of two entries of one name it is the later one that unpacking leaves.
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
    // What stands behind the archive counts for the digest.
    for (let end = false; !end;) end = (await bytes.next()).done === true;
    return found;
  } finally {
    layer.destroy();
  }
}

/** Whoever stops reading leaves the rest to be read. */
function keptOpen<T>(iterator: AsyncIterator<T>): AsyncIterable<T> {
  return { [Symbol.asyncIterator]: () => ({ next: () => iterator.next() }) };
}

/** `tar -C folder .` writes `./` in front. */
function plainPath(name: string): string {
  return name.replace(/^(?:\.\/)+/, "");
}
