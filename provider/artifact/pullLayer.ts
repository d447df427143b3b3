import { createReadStream, createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { hasCode, UnpackError } from "../errors.js";
import type { Descriptor } from "../oci/descriptor.js";
import { isDigest, type Digest } from "../oci/digest.js";
import { quoted } from "../oci/printable.js";
import { ContentCheck } from "../oci/verifiedStream.js";
import type { BlobStore } from "../registry/repository.js";
import { faultOfPath } from "../tar/entryPath.js";
import { BoundExceeded, gunzipped } from "../tar/gunzipped.js";
import { unpackEntries, type UnpackedEntry } from "../tar/unpackEntries.js";
import { checkTitlesTogether, CONTENT_DIGEST, TITLE, UNPACK } from "./packTitle.js";

/** A layer to save: a file, or an archive of a folder. */
export interface TitledLayer {
  readonly title: string;
  readonly descriptor: Descriptor;
  readonly isDirectory: boolean;
  /** Digest of a folder's plain archive, if the layer states it. */
  readonly tarDigest: Digest | undefined;
}

export interface LayerLimits {
  readonly maxUnpackedBytes: number | undefined;
  readonly maxEntries: number;
}

/**
 * The layers to save. Those without a title are not files, as for `oras pull`. Titles are untrusted: all
 * are checked, each alone and together, before anything is downloaded.
 */
export function titledLayers(layers: readonly Descriptor[]): readonly TitledLayer[] {
  const titled = layers.flatMap((descriptor) => {
    const {
      [TITLE]: title,
      [UNPACK]: unpack,
      [CONTENT_DIGEST]: digest,
    } = descriptor.annotations ?? {};
    if (title === undefined) return [];
    const fault = faultOfPath(title);
    if (fault !== undefined) throw refused(title, `the title cannot be used: ${fault}`);
    const isDirectory = unpack === "true";
    return [
      {
        title,
        descriptor,
        isDirectory,
        tarDigest: isDirectory ? digestOf(digest, title) : undefined,
      },
    ];
  });
  checkTogether(titled);
  return titled;
}

function digestOf(text: string | undefined, title: string): Digest | undefined {
  if (text === undefined || isDigest(text)) return text;
  throw refused(title, `${CONTENT_DIGEST} is not a digest`);
}

function checkTogether(layers: readonly TitledLayer[]): void {
  const named = layers.map(({ title, isDirectory }) => ({
    title,
    isDirectory,
    property: "a layer",
  }));
  try {
    checkTitlesTogether(named);
  } catch (cause) {
    throw refused("", cause instanceof Error ? cause.message : String(cause), cause);
  }
}

export interface LayerDownload {
  readonly limits: LayerLimits;
  readonly signal: AbortSignal;
  readonly onProgress: (receivedBytes: number) => void;
}

/** Downloads a layer to a path that does not exist yet. Returns what was created there. */
export async function downloadLayer(
  blobs: Pick<BlobStore, "fetch">,
  layer: TitledLayer,
  path: string,
  download: LayerDownload,
): Promise<readonly UnpackedEntry[]> {
  const { signal, onProgress } = download;
  const compressed = `${path}.gz`;
  const at = layer.isDirectory ? compressed : path;
  const content = await blobs.fetch(layer.descriptor, { signal, onProgress });
  await pipeline(content, createWriteStream(at, { flags: "wx" }), { signal });
  if (!layer.isDirectory) return [{ type: "file", path: "" }];
  // The content is only interpreted now that its digest is verified.
  const entries = await unpack(compressed, layer, path, download);
  await rm(compressed);
  return entries;
}

async function unpack(
  compressed: string,
  layer: TitledLayer,
  folder: string,
  { limits, signal }: LayerDownload,
): Promise<readonly UnpackedEntry[]> {
  const { size } = layer.descriptor;
  const { maxUnpackedBytes = unpackedLimit(size), maxEntries } = limits;
  const source = createReadStream(compressed, { highWaterMark: READ_SIZE });
  const archive = gunzipped(source, { limit: maxUnpackedBytes, size, signal });
  const options = { prefix: layer.title, folder, maxEntries };
  try {
    return await unpackEntries(checked(archive, layer), options);
  } catch (error) {
    if (error instanceof BoundExceeded) throw bomb(layer, error);
    throw hasCode(error, "PROTOCOL") ? refused(layer.title, error.message, error) : error;
  } finally {
    source.destroy();
  }
}

function bomb({ title, descriptor }: TitledLayer, cause: BoundExceeded): UnpackError {
  const reason =
    `${descriptor.size} bytes unpack to more than ${cause.limit}, which looks like a decompression bomb; ` +
    `raise \`maxUnpackedBytes\` if it is not one`;
  return refused(title, reason, cause);
}

const READ_SIZE = 256 * 1024;
const GIB = 1024 ** 3;
/** Hardly any real folder compresses better than this. */
const USUAL_RATIO = 100;

function unpackedLimit(size: number): number {
  return Math.max(GIB, USUAL_RATIO * size);
}

/** Checks the plain archive against the digest published with it, if there is one. */
async function* checked(
  archive: AsyncIterable<Uint8Array>,
  { tarDigest, title }: TitledLayer,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (tarDigest === undefined) {
    yield* archive;
    return;
  }
  const check = new ContentCheck({ digest: tarDigest }, `the unpacked layer ${quoted(title)}`);
  for await (const piece of archive) {
    check.update(piece);
    yield piece;
  }
  check.finish();
}

function refused(title: string, reason: string, cause?: unknown): UnpackError {
  const subject = title === "" ? "the layers" : `the layer ${quoted(title)}`;
  return new UnpackError("CONTENT_REFUSED", title, `${subject}: ${reason}`, { cause });
}
