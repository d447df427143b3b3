import { hasSchemaVersion, isIndexType } from "../wire/mediaTypes.js";

/** The members of a descriptor that the registry uses (OCI image-spec 1.1, descriptor.md). */
export interface Descriptor {
  readonly digest: string;
  readonly size: number;
  readonly mediaType: string | undefined;
  readonly architecture: string | undefined;
  readonly os: string | undefined;
  /**
   * Whether it is a non-distributable layer, whose content is fetched elsewhere and need not be here.
   */
  readonly foreign: boolean;
}

/** The members of a manifest that the registry uses; others only exist in the bytes. */
export interface ManifestDocument {
  readonly mediaType: string | undefined;
  readonly config: Descriptor | undefined;
  readonly layers: readonly Descriptor[];
  /** Only for an index. */
  readonly children: readonly Descriptor[] | undefined;
  readonly subject: string | undefined;
  readonly artifactType: string | undefined;
  readonly annotations: Readonly<Record<string, string>> | undefined;
}

/** Parses a manifest. Returns a message if it is not valid. */
export function readManifest(bytes: Buffer, mediaType: string): ManifestDocument | string {
  const document = parseObject(bytes);
  if (document === undefined) return "the manifest is not a JSON object";
  if (hasSchemaVersion(mediaType) && document["schemaVersion"] !== 2) {
    return "unrecognized manifest schema version";
  }
  const declared = text(document["mediaType"]);
  if (declared !== undefined && declared !== mediaType) {
    return `if present, mediaType in manifest should be '${mediaType}' not '${declared}'`;
  }
  const isIndex = isIndexType(mediaType);
  // One document with both shapes is ambiguous (image-spec advisory GHSA-77vh-xpmg-72qh).
  if (isIndex && (document["layers"] !== undefined || document["config"] !== undefined)) {
    return "index: expected index but found image manifest";
  }
  if (!isIndex && document["manifests"] !== undefined) {
    return "image manifest: expected image manifest but found index";
  }
  return readDocument(document, isIndex, declared);
}

function readDocument(
  document: Record<string, unknown>,
  isIndex: boolean,
  mediaType: string | undefined,
): ManifestDocument | string {
  const config = document["config"] === undefined ? undefined : descriptor(document["config"]);
  const layers = descriptors(document["layers"] ?? document["blobs"]);
  const children = descriptors(document["manifests"]);
  const subject = document["subject"] === undefined ? undefined : descriptor(document["subject"]);
  if (config === null || subject === null || layers === null || children === null) {
    return "a descriptor needs a digest and a size";
  }
  return {
    mediaType,
    config,
    layers,
    children: isIndex ? children : undefined,
    subject: subject?.digest,
    artifactType: text(document["artifactType"]),
    annotations: annotations(document["annotations"]),
  };
}

export function parseObject(bytes: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A digest with any algorithm (OCI image-spec 1.1, descriptor.md, "Digests"). */
const wellFormed = /^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[a-zA-Z0-9=_-]+$/;

/** Returns null for a malformed descriptor. */
function descriptor(value: unknown): Descriptor | null {
  if (!isObject(value)) return null;
  const { digest, size } = value;
  if (typeof digest !== "string" || !wellFormed.test(digest)) return null;
  if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) return null;
  const platform = isObject(value["platform"]) ? value["platform"] : {};
  const mediaType = text(value["mediaType"]);
  return {
    digest,
    size,
    mediaType,
    architecture: text(platform["architecture"]),
    os: text(platform["os"]),
    foreign: mediaType !== undefined && /\.(?:nondistributable|foreign)\./.test(mediaType),
  };
}

function descriptors(value: unknown): Descriptor[] | null {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) return null;
  const list = value.map(descriptor);
  return list.every((one): one is Descriptor => one !== null) ? list : null;
}

function annotations(value: unknown): Record<string, string> | undefined {
  if (!isObject(value)) return undefined;
  const entries = Object.entries(value).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
