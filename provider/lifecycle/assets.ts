import { ARCHIVE, ASSET, SIGNATURE } from "../arguments/assetSignature.js";
import type { PropertyBag } from "./lifecycle.js";

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
