import { InputError } from "../../errors.js";
import { ARCHIVE, ASSET, SIGNATURE } from "../../arguments/assetSignature.js";
import type { PropertyBag } from "../lifecycle.js";

/** File endings of archives that Pulumi would unpack, which we do not: their bytes are a file's. */
const ARCHIVE_FILE = /\.(?:zip|tar|tar\.gz|tgz|jar)$/i;

/**
 * Turns `source: <asset or archive>` into the plain form: a file asset is a file, a text asset is
 * inline content, a folder archive is a directory.
 */
export function withoutAssets(layer: PropertyBag, index: number): PropertyBag {
  const { source, ...rest } = layer;
  if (source === undefined) return layer;
  return { ...rest, ...plainSource(source as PropertyBag, `layers[${index}].source`) };
}

function plainSource(source: PropertyBag, property: string): PropertyBag {
  const { path, text } = source;
  if (source[SIGNATURE] === ASSET) {
    if (typeof path === "string") return { file: path };
    if (typeof text === "string") return { content: text };
    throw new InputError(
      property,
      "a remote asset cannot be published: what it names may change between preview and up. " +
        "Download it into the project and use a file asset",
    );
  }
  if (source[SIGNATURE] === ARCHIVE && typeof path === "string" && !ARCHIVE_FILE.test(path)) {
    return { directory: path };
  }
  if (source[SIGNATURE] === ARCHIVE) {
    throw new InputError(
      property,
      "only a FileArchive of a folder can be published as a directory. To publish an archive file as it is, " +
        "use `file` or a file asset",
    );
  }
  throw new InputError(property, "expected a pulumi.asset.FileAsset, StringAsset or FileArchive");
}

/** The property as the user wrote it: what is wrong with a plain form is wrong with the asset. */
export function assetProperty(property: string, layers: unknown): string {
  const [, start = "", index] =
    /^(layers\[(\d+)\])\.(?:file|directory|content)$/.exec(property) ?? [];
  const layer: unknown = Array.isArray(layers) && index !== undefined ? layers[Number(index)] : {};
  return typeof layer === "object" && layer !== null && "source" in layer
    ? `${start}.source`
    : property;
}
