import { InputError, RegistryError } from "../errors.js";
import { TITLE, UNPACK } from "../artifact/packTitle.js";
import type { Descriptor } from "../oci/descriptor.js";
import type { ParsedManifest } from "../oci/manifest.js";
import type { Target } from "./target.js";

/** Enough to recognise a misspelt title. */
const TITLES_SHOWN = 20;

/**
 * The layer that is the file, or whose archive may contain it: the folder that the path leads into, else
 * the only archive without a title, as in Helm charts and Flux sources.
 */
export function layerWith(path: string, manifest: ParsedManifest, target: Target): Descriptor {
  if (manifest.manifests.length > 0) throw isIndex(manifest, target);
  const { layers } = manifest;
  const own = layers.find((layer) => titleOf(layer) === path);
  if (own?.annotations?.[UNPACK] === "true") throw isFolder(path);
  const layer = own ?? folderAbove(path, layers) ?? onlyArchive(layers);
  if (layer === undefined) throw noSuchFile(path, manifest, target);
  return layer;
}

export function titleOf({ annotations }: Descriptor): string | undefined {
  return annotations?.[TITLE];
}

export function noSuchFile(path: string, manifest: ParsedManifest, target: Target): RegistryError {
  const titles = manifest.layers.flatMap((layer) => titleOf(layer) ?? []);
  const shown = titles.slice(0, TITLES_SHOWN).map((title) => JSON.stringify(title));
  if (titles.length > shown.length) shown.push("…");
  const name = target.nameOf(target.reference);
  return new RegistryError(
    "NOT_FOUND",
    `${name} has no file ${JSON.stringify(path)}: ` +
      (shown.length === 0
        ? "its layers have no titles"
        : `the titles of its layers are ${shown.join(", ")}`),
    { method: "GET", url: name },
  );
}

/** Of the folders above the path, the one with the longest name. */
function folderAbove(path: string, layers: readonly Descriptor[]): Descriptor | undefined {
  const length = (layer: Descriptor): number => titleOf(layer)?.length ?? 0;
  return layers
    .filter((layer) => length(layer) > 0 && path.startsWith(`${titleOf(layer)}/`))
    .sort((a, b) => length(b) - length(a))[0];
}

/**
 * Only if there is a single archive: in an image with several, upper layers hide files of lower ones.
 */
function onlyArchive(layers: readonly Descriptor[]): Descriptor | undefined {
  const archives = layers.filter(
    (layer) => titleOf(layer) === undefined && /\btar\b/.test(layer.mediaType),
  );
  return archives.length === 1 ? archives[0] : undefined;
}

function isIndex({ manifests }: ParsedManifest, target: Target): InputError {
  const names = manifests.map(({ digest, platform }) =>
    platform === undefined ? digest : `${platform.os}/${platform.architecture} ${digest}`,
  );
  return new InputError(
    "digest",
    `${target.nameOf(target.reference)} is an index, which has no files: give the digest of one that it names: ` +
      names.slice(0, TITLES_SHOWN).join(", "),
  );
}

function isFolder(path: string): InputError {
  return new InputError(
    "title",
    `${JSON.stringify(path)} is a folder: give the path of a file in it, ${JSON.stringify(`${path}/…`)}`,
  );
}
