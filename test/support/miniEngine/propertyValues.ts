import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Bag } from "./resourceState.js";

/** Marks of assets and archives on the wire (pulumi/pulumi, sdk/nodejs/runtime/rpc.ts). */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const ASSET = "c44067f5952c0a294b673a41bacd8c17";

/** A file asset as a program's `new pulumi.asset.FileAsset(path)` arrives. */
export function fileAsset(path: string): Bag {
  return { [SIGNATURE]: ASSET, path };
}

/** A text asset. */
export function stringAsset(text: string): Bag {
  return { [SIGNATURE]: ASSET, text };
}

/**
 * A copy as from a protobuf `Struct`: nothing is shared, and values that a Struct cannot hold are
 * refused with the host's own words.
 */
export function throughStruct<T>(value: T): T {
  if (Array.isArray(value)) return value.map(throughStruct) as T;
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [key, throughStruct(member as unknown)]),
    ) as T;
  }
  if (value === null || ["string", "number", "boolean"].includes(typeof value)) return value;
  throw new TypeError("Unexpected struct type.");
}

/** Gives assets their hash, which the engine computes before `check`. */
export function withAssetHashes(value: unknown, directory: string): unknown {
  return mapAssets(value, (asset) => ({ ...asset, hash: hashOf(asset, directory) }));
}

/** Only the hash of an asset reaches `diff`, `read` and `delete`. */
export function withoutAssetContents(value: unknown): unknown {
  return mapAssets(value, ({ hash }) => ({ [SIGNATURE]: ASSET, hash }));
}

function mapAssets(value: unknown, change: (asset: Bag) => Bag): unknown {
  if (Array.isArray(value)) return value.map((item) => mapAssets(item, change));
  if (typeof value !== "object" || value === null) return value;
  const bag = value as Bag;
  if (bag[SIGNATURE] === ASSET) return change(bag);
  return Object.fromEntries(Object.entries(bag).map(([key, of]) => [key, mapAssets(of, change)]));
}

function hashOf({ path, text }: Bag, directory: string): string {
  const bytes = typeof path === "string" ? readFileSync(resolve(directory, path)) : String(text);
  return createHash("sha256").update(bytes).digest("hex");
}

/** Top-level keys whose values differ; the engine's own diff if a provider leaves it undefined. */
export function changedKeys(olds: Bag, news: Bag): string[] {
  const keys = new Set([...Object.keys(olds), ...Object.keys(news)]);
  return [...keys].filter((key) => canonical(olds[key]) !== canonical(news[key])).sort();
}

function canonical(value: unknown): string {
  if (value === undefined) return "";
  return JSON.stringify(withoutAssetContents(value), (_key, member: unknown) =>
    typeof member === "object" && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
