import { join } from "node:path";
import { limit } from "../concurrency/limit.js";
import { linkedSignal } from "../concurrency/linkedSignal.js";
import { InputError } from "../errors.js";
import type { Descriptor } from "../oci/descriptor.js";
import { digestAlgorithm, Digester } from "../oci/digest.js";
import type { ParsedManifest } from "../oci/manifest.js";
import type { OperationOptions, Repository } from "../registry/repository.js";
import type { UnpackedEntry } from "../tar/unpackEntries.js";
import { readPieces } from "./sameFile.js";
import { otherContent, type Placement } from "./placement.js";
import { downloadLayer, titledLayers, type TitledLayer } from "./pullLayer.js";
import { fetchForPlatform, type PlatformChoice } from "./pullManifest.js";
import { intoFolder, type PullFolder } from "./pullFolder.js";

export interface PullOptions extends OperationOptions {
  /** Which manifest of an index to pull. Without it an index fails with an error that lists its platforms. */
  readonly platform?: PlatformChoice;
  /** Replace existing files that have other content. Default `false`: fail with `CONFLICT`. */
  readonly overwrite?: boolean;
  /**
   * Most bytes that one compressed folder may unpack to. Default: 1 GiB, or 100 times its compressed size if
   * that is more.
   */
  readonly maxUnpackedBytes?: number;
  /** Most files and folders in one compressed folder, including folders that names only imply. Default: 500,000. */
  readonly maxEntries?: number;
  /** Called with the bytes of a layer received so far. */
  readonly onProgress?: (progress: PullProgress) => void;
}

export interface PullProgress {
  readonly title: string;
  readonly layer: Descriptor;
  readonly receivedBytes: number;
}

/** The result of a pull. Paths are relative to the folder, with `/`. */
export interface PulledArtifact {
  /** Descriptor of the pulled manifest; for an index, of the one that was chosen. */
  readonly descriptor: Descriptor;
  readonly manifest: ParsedManifest;
  /** Files that were created or replaced, and folders that were created, with a slash at the end. */
  readonly written: readonly string[];
  /** Files that already had this content. */
  readonly unchanged: readonly string[];
  /** Layers without a title, which are not saved. */
  readonly skipped: readonly Descriptor[];
}

/** Concurrent downloads; the same number as for pushing. */
const CONCURRENT_LAYERS = 4;
const MOST_ENTRIES = 500_000;

/**
 * Downloads an artifact into a folder, as `oras pull` does: each layer is saved under its title, and a layer
 * that ORAS or `packArtifact` made of a folder (`io.deis.oras.content.unpack`) is unpacked. Layers without a
 * title are skipped. Nothing is ever downloaded from the `urls` of a layer.
 *
 * Files appear under their names only after everything was downloaded and every digest verified. A failure
 * or an abort restores the folder. (A killed process leaves a hidden folder `.pulumi-acr-….partial`; so does a
 * failure that could not restore what it had replaced, which is then kept there and named in the error.)
 * Files that already have the same content are not touched. Memory does not grow with size.
 *
 * The content is not trusted: nothing is written outside the folder, no link is created or followed, and
 * permissions are 0644 or 0755, as the umask allows.
 *
 * @param reference A tag, or a digest.
 * @throws AcrError `NOT_FOUND` if the registry does not have it; `INPUT_INVALID` for an index if no
 *   `platform` is given, or the index does not have it; `DIGEST_MISMATCH` or `SIZE_MISMATCH` if bytes do not
 *   match the manifest; `CONTENT_REFUSED` for names that lead elsewhere or collide, links, devices,
 *   decompression bombs and malformed archives; `CONFLICT` for an existing file with other content;
 *   `TARGET_UNWRITABLE` if the disk is full, a link is in the way, or permission is missing; `ABORTED`.
 */
export async function pullArtifact(
  repository: Pick<Repository, "blobs" | "manifests">,
  reference: string,
  folder: string,
  options: PullOptions = {},
): Promise<PulledArtifact> {
  checkLimit(options.maxUnpackedBytes, "maxUnpackedBytes");
  checkLimit(options.maxEntries, "maxEntries");
  const { platform, signal } = options;
  const pulled = await fetchForPlatform(repository.manifests, reference, platform, { signal });
  const { layers } = pulled.manifest;
  const titled = titledLayers(layers);
  const skipped = layers.filter((layer) => titled.every(({ descriptor }) => descriptor !== layer));
  const placed = await intoFolder(folder, options, async (place) => {
    const staged = await downloadAll(repository, titled, place, options);
    return await placeAll(staged, place.placement);
  });
  return { ...pulled, ...placed, skipped };
}

function checkLimit(value: number | undefined, property: string): void {
  if (value === undefined || (Number.isSafeInteger(value) && value > 0)) return;
  throw new InputError(property, `${property} must be a whole number of at least 1, not ${value}`);
}

/** A downloaded layer that waits to be moved to its place. Without entries, it exists there already. */
interface StagedLayer {
  readonly title: string;
  readonly path: string;
  readonly entries: readonly UnpackedEntry[] | undefined;
}

async function downloadAll(
  repository: Pick<Repository, "blobs">,
  layers: readonly TitledLayer[],
  place: PullFolder,
  options: PullOptions,
): Promise<readonly StagedLayer[]> {
  const failed = new AbortController();
  const { signal, unlink } = linkedSignal(failed.signal, options.signal);
  const limits = {
    maxUnpackedBytes: options.maxUnpackedBytes,
    maxEntries: options.maxEntries ?? MOST_ENTRIES,
  };
  const stage = async (layer: TitledLayer, index: number): Promise<StagedLayer> => {
    signal.throwIfAborted();
    const { title, descriptor } = layer;
    const path = join(place.staging, String(index));
    if (await isThere(layer, place.placement, options)) return { title, path, entries: undefined };
    const onProgress = (receivedBytes: number): void =>
      options.onProgress?.({ title, layer: descriptor, receivedBytes });
    const download = { limits, signal, onProgress };
    return { title, path, entries: await downloadLayer(repository.blobs, layer, path, download) };
  };
  const turn = limit(CONCURRENT_LAYERS);
  const staging = layers.map((layer, index) =>
    turn(() => stage(layer, index)).catch((error: unknown) => {
      failed.abort(error);
      throw error;
    }),
  );
  await Promise.allSettled(staging);
  unlink();
  // Throws the first failure rather than an abort that it caused.
  failed.signal.throwIfAborted();
  return await Promise.all(staging);
}

/**
 * Tells whether the file exists already and need not be downloaded. Throws early if another file is in
 * its place.
 */
async function isThere(
  { title, descriptor, isDirectory }: TitledLayer,
  placement: Placement,
  { overwrite = false }: PullOptions,
): Promise<boolean> {
  const found = isDirectory ? undefined : await placement.find(title);
  if (found === undefined) return false;
  if (found.size === descriptor.size) {
    const digester = new Digester(digestAlgorithm(descriptor.digest));
    for await (const piece of readPieces(found.path)) digester.update(piece);
    if (digester.digest() === descriptor.digest) return true;
  }
  if (!overwrite) throw otherContent(found.path);
  return false;
}

async function placeAll(
  layers: readonly StagedLayer[],
  placement: Placement,
): Promise<Pick<PulledArtifact, "written" | "unchanged">> {
  const written: string[] = [];
  const unchanged: string[] = [];
  for (const { title, path, entries } of layers) {
    if (entries === undefined) unchanged.push(title);
    for (const entry of entries ?? []) {
      const name = entry.path === "" ? title : `${title}/${entry.path}`;
      if (entry.type === "directory") {
        if ((await placement.directory(name)) === "written") written.push(`${name}/`);
      } else {
        const outcome = await placement.file(join(path, ...entry.path.split("/")), name);
        (outcome === "written" ? written : unchanged).push(name);
      }
    }
  }
  return { written, unchanged };
}
