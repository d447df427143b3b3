import { ConflictError } from "../errors.js";
import type { Descriptor } from "../oci/descriptor.js";
import type { Digest } from "../oci/digest.js";
import { encodeRawManifest, type EncodedManifest, parseManifest } from "../oci/manifest.js";
import { OCI_INDEX, OCI_MANIFEST } from "../oci/mediaTypes.js";
import { parseTag, type Tag } from "../oci/reference.js";
import { isObject, type JsonObject } from "./jsonAnswer.js";

/**
 * The tag of the list (distribution-spec, "Referrers Tag Schema"): algorithm and digest, cut to 32 and 64
 * characters.
 */
export function referrersTag(subject: Digest): Tag {
  const [algorithm = "", hex = ""] = subject.split(":");
  return parseTag(`${algorithm.slice(0, 32)}-${hex.slice(0, 64)}`);
}

/** A manifest as an entry in the list of its subject's referrers. */
export interface Referrer {
  readonly subject: Digest;
  readonly descriptor: Descriptor;
}

/**
 * The entry for a manifest that has a subject; `undefined` if it has none. Only OCI manifests and
 * indexes have one. The artifact type is the config's media type where the manifest has none
 * (distribution-spec, "Listing Referrers").
 */
export function asReferrer({ bytes, descriptor }: EncodedManifest): Referrer | undefined {
  const { mediaType, digest, size } = descriptor;
  if (mediaType !== OCI_MANIFEST && mediaType !== OCI_INDEX) return undefined;
  const { subject, annotations, artifactType, config } = parseManifest(bytes, mediaType);
  if (subject === undefined) return undefined;
  const type = artifactType ?? config?.mediaType;
  const entry = {
    mediaType,
    digest,
    size,
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    ...(type === undefined ? {} : { artifactType: type }),
  };
  return { subject: subject.digest, descriptor: entry };
}

/** The wanted entry of each changed referrer; `undefined` to remove it. */
export type ReferrerChanges = ReadonlyMap<string, Descriptor | undefined>;

/** A new list of referrers, to replace the one that the tag names. */
export interface ChangedIndex {
  readonly manifest: EncodedManifest;
  readonly isEmpty: boolean;
}

/**
 * Applies changes to the list that the referrers tag names; `undefined` if nothing changes. Entries and
 * members written by other clients are kept, also unknown ones. Throws `CONFLICT` if an entry is to be
 * added to something that is not a list of referrers; `reference` names the tag in the error.
 */
export function changeIndex(
  current: EncodedManifest | undefined,
  changes: ReferrerChanges,
  reference: string,
): ChangedIndex | undefined {
  const wanted = [...changes.values()].filter((entry) => entry !== undefined);
  const document = current === undefined ? {} : readIndex(current);
  if (document === undefined) {
    if (wanted.length === 0) return undefined;
    throw occupied(reference);
  }
  const entries = entriesOf(document);
  const present = new Set(entries.map(digestOfEntry));
  const added = wanted.filter(({ digest }) => !present.has(digest));
  const kept = entries.filter((entry) => !isTakenOut(digestOfEntry(entry), changes));
  if (added.length === 0 && kept.length === entries.length) return undefined;
  const isEmpty = added.length + kept.length === 0;
  return { manifest: encodeIndex(document, [...kept, ...added]), isEmpty };
}

function isTakenOut(digest: string | undefined, changes: ReferrerChanges): boolean {
  return digest !== undefined && changes.has(digest) && changes.get(digest) === undefined;
}

/** A new list has its members in the order in which ORAS writes them. */
function encodeIndex(document: JsonObject, manifests: readonly unknown[]): EncodedManifest {
  const members = { schemaVersion: 2, mediaType: OCI_INDEX, ...document, manifests };
  return encodeRawManifest(new TextEncoder().encode(JSON.stringify(members)), OCI_INDEX);
}

/** `undefined` if it is not an index with a list. */
function readIndex({ bytes, descriptor }: EncodedManifest): JsonObject | undefined {
  if (descriptor.mediaType !== OCI_INDEX) return undefined;
  const document: unknown = JSON.parse(new TextDecoder().decode(bytes));
  // Go writes an empty list as `null`.
  return isObject(document) && Array.isArray(document["manifests"] ?? []) ? document : undefined;
}

function entriesOf(document: JsonObject): readonly unknown[] {
  const entries = document["manifests"];
  return Array.isArray(entries) ? entries : [];
}

function digestOfEntry(entry: unknown): string | undefined {
  const digest = isObject(entry) ? entry["digest"] : undefined;
  return typeof digest === "string" ? digest : undefined;
}

function occupied(reference: string): ConflictError {
  return new ConflictError(
    reference,
    `${reference} is where this registry keeps the list of a manifest's referrers, and it names something else. It was ` +
      `not changed: the referrer is there, but its subject does not list it. Move what is there to another tag`,
  );
}
