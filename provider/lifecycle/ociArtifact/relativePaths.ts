import { isAbsolute, relative } from "node:path";
import type { PropertyBag } from "../lifecycle.js";
import { kindNamed } from "./contentSchema.js";

/**
 * Inputs whose paths start from the program's folder, however they were written: a path of this
 * machine in the state would differ in every other checkout. What lies outside stays as it is.
 */
export function withRelativePaths(directory: string, given: PropertyBag): PropertyBag {
  const { layers, config, content } = given;
  return {
    ...(Array.isArray(layers)
      ? { layers: layers.map((one: unknown) => shorten(directory, one)) }
      : {}),
    ...(config === undefined ? {} : { config: shorten(directory, config) }),
    ...(content === undefined ? {} : { content: shortenContent(directory, content) }),
  };
}

/** Content of a kind holds its arguments under the kind's name. */
function shortenContent(directory: string, content: unknown): unknown {
  if (typeof content !== "object" || content === null) return content;
  const entries = Object.entries(content).map(([kind, args]) => [
    kind,
    shorten(directory, args, kindNamed(kind)?.paths ?? []),
  ]);
  return Object.fromEntries(entries) as PropertyBag;
}

function shorten(
  directory: string,
  source: unknown,
  names: readonly string[] = ["file", "directory"],
): unknown {
  if (typeof source !== "object" || source === null) return source;
  const entries = Object.entries(source).map(([key, value]) =>
    names.includes(key) && typeof value === "string"
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
