import { ARCHIVE, ASSET, SIGNATURE } from "../arguments/assetSignature.js";
import type { PropertyBag } from "./lifecycle.js";

/**
 * Reduces assets to their hash, which is all that a state keeps of them, so that old and new can be
 * compared.
 */
export function withoutAssetPaths(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutAssetPaths);
  if (typeof value !== "object" || value === null) return value;
  const bag = value as PropertyBag;
  if (bag[SIGNATURE] === ASSET || bag[SIGNATURE] === ARCHIVE) {
    return { [SIGNATURE]: bag[SIGNATURE], hash: bag["hash"] };
  }
  return Object.fromEntries(Object.entries(bag).map(([key, of]) => [key, withoutAssetPaths(of)]));
}
