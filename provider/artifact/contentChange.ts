import { isDeepStrictEqual } from "node:util";
import { formatSize } from "./formatSize.js";

/** A layer, a config, or a manifest that an index names. */
export interface Part {
  /** What tells it apart for a reader: a title, a platform. */
  readonly name: string;
  readonly digest: string;
  readonly size: number;
  /** What else its descriptor says: media type, annotations. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** Content as far as a change of it is explained. */
export interface ContentOutline {
  readonly noun: "layer" | "manifest";
  readonly parts: readonly Part[];
  readonly config?: Part;
  /** Whether all these are blobs, which have to be uploaded; what an index names is there already. */
  readonly areBlobs: boolean;
  /** What else the manifest says: artifact type, subject, annotations. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** More lines than this nobody reads, and every one of them is printed. */
const LINES = 20;

/**
 * Says what differs between the old artifact's content and the new one's: a summary, then a line for
 * each difference. `undefined` if there is none.
 *
 * Parts are told apart by name, and where a name occurs twice by order, so that one that is put in
 * between does not change all that follow. Of media types, annotations and the like only the names are
 * shown: a value may come from a secret, which the engine hides in its own difference.
 *
 * New content are the config and the layers that the old artifact does not have, each digest once; the
 * manifest, of some hundred bytes, is not counted. It is the most: what else is in the registry is seen
 * only by `up`. Blobs of up to 64 KiB are sent again rather than asked for, which does not count either.
 * `sameRepository` is false where nothing of the old artifact is at hand.
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

/** The one difference that no part has. */
function orderChange(old: ContentOutline, now: ContentOutline): string | undefined {
  const orders = [old, now].map(({ parts }) => parts.map(({ digest }) => digest));
  return isDeepStrictEqual(orders[0], orders[1])
    ? undefined
    : `the ${now.noun}s are the same in another order`;
}

/** One for each part, in the order of the new ones, then those that are gone; none where it is the same. */
function compareParts(old: readonly Part[], now: readonly Part[]): (string | undefined)[] {
  const before = byName(old);
  const after = byName(now);
  const gone = [...before].filter(([key]) => !after.has(key));
  return [
    ...[...after].map(([key, part]) => compare(before.get(key), part)),
    ...gone.map(([, part]) => `- ${part.name} ${shown(part)}`),
  ];
}

/** By name, and by how often the name occurred before. */
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

/** Names of what differs; of annotations their own names: `annotations (a.version, a.source)`. */
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
