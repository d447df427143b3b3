import { isDeepStrictEqual } from "node:util";
import { formatSize } from "./formatSize.js";

/** A layer, a config, or a manifest of an index. */
export interface Part {
  /** How a reader recognises it: by a title or a platform. */
  readonly name: string;
  readonly digest: string;
  readonly size: number;
  /** The rest of its descriptor: media type, annotations. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** The content of an artifact, as far as its changes are explained. */
export interface ContentOutline {
  readonly noun: "layer" | "manifest";
  readonly parts: readonly Part[];
  readonly config?: Part;
  /** Whether the parts are blobs, which have to be uploaded. The manifests of an index exist already. */
  readonly areBlobs: boolean;
  /** The rest of the manifest: artifact type, subject, annotations. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** Most lines to print; nobody reads more. */
const LINES = 20;

/**
 * Says what differs between an artifact's old and new content: a summary, then a line for each
 * difference. `undefined` if there is none.
 *
 * Parts are matched by name, and equal names by order, so that inserting a part does not change all the
 * following ones. For media types, annotations and the like, only the names are shown: a value may come
 * from a secret, which the engine would hide.
 *
 * The summary counts the config and the layers that the old artifact does not have, each digest once, but
 * not the manifest of some hundred bytes. It is an upper bound: only `up` sees what else is in the
 * registry. (It also sends blobs of up to 64 KiB again instead of asking for them, which is not counted.)
 * `sameRepository` is false if nothing of the old artifact can be reused.
 */
export function explainChange(
  old: ContentOutline,
  now: ContentOutline,
  sameRepository: boolean,
): string | undefined {
  const parts = compareParts(old.parts, now.parts);
  const others = [
    ...compareParts(optional(old.config), optional(now.config)),
    ...namesThatDiffer(old.details, now.details).map((name) => `~ ${name}`),
  ].filter(isLine);
  const changes = parts.filter(isLine);
  const bytes = now.areBlobs ? bytesToUpload(sameRepository ? old : undefined, now) : undefined;
  if (changes.length + others.length === 0 && (sameRepository || bytes === undefined)) {
    return orderChange(old, now);
  }
  const summary = [countOf(changes.length, parts.length, now.noun), ...uploadOf(bytes)].join(", ");
  return [summary, ...shortened([...changes, ...others]).map((line) => `  ${line}`)].join("\n");
}

/** The difference in order, which belongs to no single part. */
function orderChange(old: ContentOutline, now: ContentOutline): string | undefined {
  const orders = [old, now].map(({ parts }) => parts.map(({ digest }) => digest));
  return isDeepStrictEqual(orders[0], orders[1])
    ? undefined
    : `the ${now.noun}s are the same in another order`;
}

/** A line for each part that differs: first the new parts in their order, then the removed ones. */
function compareParts(old: readonly Part[], now: readonly Part[]): (string | undefined)[] {
  const before = byName(old);
  const after = byName(now);
  const gone = [...before].filter(([key]) => !after.has(key));
  return [
    ...[...after].map(([key, part]) => compare(before.get(key), part)),
    ...gone.map(([, part]) => `- ${part.name} ${shown(part)}`),
  ];
}

/** The parts by name and number of earlier occurrences of the name. */
function byName(parts: readonly Part[]): Map<string, Part> {
  const counts = new Map<string, number>();
  return new Map(
    parts.map((part) => {
      const count = counts.get(part.name) ?? 0;
      counts.set(part.name, count + 1);
      return [`${count} ${part.name}`, part];
    }),
  );
}

function compare(old: Part | undefined, now: Part): string | undefined {
  if (old === undefined) return `+ ${now.name} ${shown(now)}`;
  if (old.digest !== now.digest) return `~ ${now.name} ${shown(old)} → ${shown(now)}`;
  const names = namesThatDiffer(old.details, now.details);
  return names.length === 0 ? undefined : `~ ${now.name} ${names.join(", ")}`;
}

type Details = Readonly<Record<string, unknown>>;

/**
 * The names of the members that differ; for annotations, their keys: `annotations (a.version, a.source)`.
 */
function namesThatDiffer(old: Details, now: Details): string[] {
  const names = differing(old, now);
  return names.map((name) =>
    name === "annotations" ? `annotations (${differing(old[name], now[name]).join(", ")})` : name,
  );
}

function differing(old: unknown, now: unknown): string[] {
  const [before, after] = [old ?? {}, now ?? {}] as [Details, Details];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.filter((name) => !isDeepStrictEqual(before[name], after[name])).sort();
}

const SHORT_DIGEST = "sha256:".length + 12;

function shown({ size, digest }: Part): string {
  return `${formatSize(size)} ${digest.slice(0, SHORT_DIGEST)}`;
}

function bytesToUpload(old: ContentOutline | undefined, now: ContentOutline): number {
  const there = new Set(old === undefined ? [] : blobsOf(old).map(({ digest }) => digest));
  const missing = blobsOf(now).filter(({ digest }) => !there.has(digest));
  const sizes = new Map(missing.map(({ digest, size }) => [digest, size]));
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}

function blobsOf({ parts, config }: ContentOutline): readonly Part[] {
  return [...optional(config), ...parts];
}

function countOf(changed: number, all: number, noun: string): string {
  if (changed === 0) return `no ${noun} changes`;
  const verb = changed === 1 || all === 1 ? "changes" : "change";
  return `${changed} of ${all} ${noun}${all === 1 ? "" : "s"} ${verb}`;
}

function uploadOf(bytes: number | undefined): string[] {
  if (bytes === undefined) return [];
  return bytes === 0
    ? ["no new content to upload"]
    : [`at most ${formatSize(bytes)} of new content to upload`];
}

function shortened(lines: readonly string[]): readonly string[] {
  if (lines.length <= LINES) return lines;
  const shown = lines.slice(0, LINES);
  return [...shown, `and ${(lines.length - LINES).toLocaleString("en-US")} more`];
}

function optional<T>(value: T | undefined): readonly T[] {
  return value === undefined ? [] : [value];
}

function isLine(line: string | undefined): line is string {
  return line !== undefined;
}
