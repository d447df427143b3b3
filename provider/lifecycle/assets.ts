import type { PropertyBag } from "./lifecycle.js";

/** How assets and archives arrive: objects that the SDK marks (`sdk/nodejs/runtime/rpc.ts`). */
export const SIGNATURE = "4dabf18193072939515e22adb298388d";
export const ASSET = "c44067f5952c0a294b673a41bacd8c17";
export const ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7";

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
