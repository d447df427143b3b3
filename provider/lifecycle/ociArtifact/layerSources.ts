import { InputError } from "../../errors.js";
import type { PropertyBag } from "../lifecycle.js";

/** How assets and archives arrive: marked objects (`pulumi.md`'s wire form of the SDK). */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const ASSET = "c44067f5952c0a294b673a41bacd8c17";
const ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7";

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

/** Assets in state keep only their hash; so that both can be compared, both are cut to it. */
export function withoutAssetPaths(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutAssetPaths);
  if (typeof value !== "object" || value === null) return value;
  const bag = value as PropertyBag;
  if (bag[SIGNATURE] === ASSET || bag[SIGNATURE] === ARCHIVE) {
    return { [SIGNATURE]: bag[SIGNATURE], hash: bag["hash"] };
  }
  return Object.fromEntries(Object.entries(bag).map(([key, of]) => [key, withoutAssetPaths(of)]));
}
