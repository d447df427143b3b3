import { InputError, ProtocolError } from "../errors.js";
import type { Annotations, Descriptor } from "./descriptor.js";
import { digestOf } from "./digest.js";
import { OCI_EMPTY, OCI_INDEX, OCI_MANIFEST } from "./mediaTypes.js";

/** The service and every client read manifests up to 4 MiB. */
export const MANIFEST_SIZE_LIMIT = 4 * 1024 * 1024;

/** image-spec, manifest.md. */
export interface ImageManifest {
  readonly schemaVersion: 2;
  readonly mediaType: typeof OCI_MANIFEST;
  readonly artifactType?: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly subject?: Descriptor;
  readonly annotations?: Annotations;
}

/** image-spec, image-index.md. */
export interface ImageIndex {
  readonly schemaVersion: 2;
  readonly mediaType: typeof OCI_INDEX;
  readonly artifactType?: string;
  readonly manifests: readonly Descriptor[];
  readonly subject?: Descriptor;
  readonly annotations?: Annotations;
}

/** A manifest serialized exactly once: what is hashed is what is sent. */
export interface EncodedManifest {
  readonly bytes: Uint8Array;
  readonly descriptor: Descriptor;
}

/** image-spec, manifest.md, "Guidance for an Empty Descriptor": the two bytes `{}`, carried inline. */
export const EMPTY_BYTES: Uint8Array = new TextEncoder().encode("{}");
export const EMPTY_DESCRIPTOR: Descriptor = {
  mediaType: OCI_EMPTY,
  digest: digestOf(EMPTY_BYTES),
  size: EMPTY_BYTES.length,
  data: "e30=",
};

/** Encodes a manifest or index: keys in the order of the specification, annotations sorted, no clock. */
export function encodeManifest(manifest: ImageManifest | ImageIndex): EncodedManifest {
  return encodeRawManifest(
    new TextEncoder().encode(JSON.stringify(inSpecificationOrder(manifest))),
    manifest.mediaType,
  );
}

/** Takes bytes as they are, whatever their media type. */
export function encodeRawManifest(bytes: Uint8Array, mediaType: string): EncodedManifest {
  if (bytes.length > MANIFEST_SIZE_LIMIT) {
    throw new InputError(
      "layers",
      `the manifest would have ${bytes.length} bytes; registries refuse more than ${MANIFEST_SIZE_LIMIT} (4 MiB): ` +
        `use fewer layers or shorter annotations`,
    );
  }
  return { bytes, descriptor: { mediaType, digest: digestOf(bytes), size: bytes.length } };
}

function inSpecificationOrder(manifest: ImageManifest | ImageIndex): object {
  const { schemaVersion, mediaType, artifactType, subject, annotations } = manifest;
  const content =
    manifest.mediaType === OCI_MANIFEST
      ? { config: orderDescriptor(manifest.config), layers: manifest.layers.map(orderDescriptor) }
      : { manifests: manifest.manifests.map(orderDescriptor) };
  return {
    schemaVersion,
    mediaType,
    artifactType,
    ...content,
    subject: subject && orderDescriptor(subject),
    annotations: sortAnnotations(annotations),
  };
}

/** The order of image-spec's Go structures, which ORAS and most tools write. */
function orderDescriptor(descriptor: Descriptor): Descriptor {
  const { mediaType, digest, size, urls, annotations, data, platform, artifactType } = descriptor;
  const sorted = sortAnnotations(annotations);
  return { mediaType, digest, size, urls, annotations: sorted, data, platform, artifactType };
}

/** By UTF-8 bytes, as Go sorts map keys; JavaScript's own order differs beyond the basic plane. */
function sortAnnotations(annotations: Annotations | undefined): Annotations | undefined {
  const entries = Object.entries(annotations ?? {});
  if (entries.length === 0) return undefined;
  return Object.fromEntries(
    entries.sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
  );
}

/** What we read of a manifest that somebody else may have written. */
export interface ParsedManifest {
  readonly mediaType: string;
  readonly artifactType?: string;
  readonly config?: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly manifests: readonly Descriptor[];
  readonly subject?: Descriptor;
  readonly annotations: Annotations;
}

/**
 * Parses manifest bytes whose digest was already checked. A document that could be read as an image
 * and as an index is refused (CVE-2021-41190), as is one whose own `mediaType` differs from the one
 * it was served with.
 */
export function parseManifest(bytes: Uint8Array, mediaType: string): ParsedManifest {
  const document = parseObject(bytes);
  const own = document["mediaType"];
  if (own !== undefined && own !== mediaType) {
    throw new ProtocolError(
      `the manifest was served as ${mediaType} but calls itself ${JSON.stringify(own)}`,
    );
  }
  if ("manifests" in document && ("layers" in document || "config" in document)) {
    throw new ProtocolError("the manifest has both `manifests` and `layers` or `config`");
  }
  return {
    mediaType,
    artifactType: document["artifactType"] as string | undefined,
    config: document["config"] as Descriptor | undefined,
    layers: (document["layers"] as Descriptor[] | undefined) ?? [],
    manifests: (document["manifests"] as Descriptor[] | undefined) ?? [],
    subject: document["subject"] as Descriptor | undefined,
    annotations: (document["annotations"] as Annotations | undefined) ?? {},
  };
}

function parseObject(bytes: Uint8Array): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new ProtocolError("the manifest is not JSON in UTF-8", { cause });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ProtocolError("the manifest is not a JSON object");
  }
  return value as Record<string, unknown>;
}
