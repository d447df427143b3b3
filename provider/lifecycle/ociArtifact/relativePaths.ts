import { isAbsolute, relative } from "node:path";
import type { PropertyBag } from "../lifecycle.js";

/**
 * Inputs whose paths start from the program's folder, however they were written: a path of this
 * machine in the state would differ in every other checkout. What lies outside stays as it is.
 */
export function withRelativePaths(directory: string, given: PropertyBag): PropertyBag {
  const { layers, config } = given;
  return {
    ...(Array.isArray(layers)
      ? { layers: layers.map((one: unknown) => shorten(directory, one)) }
      : {}),
    ...(config === undefined ? {} : { config: shorten(directory, config) }),
  };
}

function shorten(directory: string, source: unknown): unknown {
  if (typeof source !== "object" || source === null) return source;
  const entries = Object.entries(source).map(([key, value]) =>
    (key === "file" || key === "directory") && typeof value === "string"
      ? [key, fromFolder(directory, value)]
      : [key, value as unknown],
  );
  return Object.fromEntries(entries) as PropertyBag;
}

function fromFolder(directory: string, path: string): string {
  if (!isAbsolute(path)) return path;
  const short = relative(directory, path);
  if (short === "") return ".";
  return isAbsolute(short) || /^\.\.(?:[/\\]|$)/.test(short) ? path : short.replaceAll("\\", "/");
}
