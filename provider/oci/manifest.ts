import { InputError, ProtocolError } from "../errors.js";
import type { Annotations, Descriptor } from "./descriptor.js";
import { digestOf } from "./digest.js";
import { manifestJson } from "./manifestJson.js";
import {
  OCI_ARTIFACT_MANIFEST,
  OCI_EMPTY,
  OCI_INDEX,
  type OCI_MANIFEST,
  ORAS_ARTIFACT_MANIFEST,
} from "./mediaTypes.js";
import { parseAnnotations, parseDescriptor } from "./parseDescriptor.js";
import { quoted } from "./printable.js";

/** Largest manifest that the service and all clients accept: 4 MiB. */
export const MANIFEST_SIZE_LIMIT = 4 * 1024 * 1024;

/** An OCI image manifest (image-spec, manifest.md). */
export interface ImageManifest {
  readonly schemaVersion: 2;
  readonly mediaType: typeof OCI_MANIFEST;
  readonly artifactType?: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly subject?: Descriptor;
  readonly annotations?: Annotations;
}

/** An OCI image index (image-spec, image-index.md). */
export interface ImageIndex {
  readonly schemaVersion: 2;
  readonly mediaType: typeof OCI_INDEX;
  readonly artifactType?: string;
  readonly manifests: readonly Descriptor[];
  readonly subject?: Descriptor;
  readonly annotations?: Annotations;
}

/** A manifest as bytes, with its descriptor. It is serialized only once, so that what is hashed is what is sent. */
export interface EncodedManifest {
  readonly bytes: Uint8Array;
  readonly descriptor: Descriptor;
}

/** The two bytes `{}` (image-spec, manifest.md, "Guidance for an Empty Descriptor"). */
export const EMPTY_BYTES: Uint8Array = new TextEncoder().encode("{}");
/** Descriptor of {@link EMPTY_BYTES}, with the content inline. */
export const EMPTY_DESCRIPTOR: Descriptor = {
  mediaType: OCI_EMPTY,
  digest: digestOf(EMPTY_BYTES),
  size: EMPTY_BYTES.length,
  data: "e30=",
};

/** Encodes a manifest or index reproducibly: keys in the order of the specification, annotations sorted. */
export function encodeManifest(manifest: ImageManifest | ImageIndex): EncodedManifest {
  return encodeRawManifest(new TextEncoder().encode(manifestJson(manifest)), manifest.mediaType);
}

/** Wraps the bytes of a manifest of any media type, unchanged. */
export function encodeRawManifest(bytes: Uint8Array, mediaType: string): EncodedManifest {
  if (bytes.length > MANIFEST_SIZE_LIMIT) {
    const parts = mediaType === OCI_INDEX ? "manifests" : "layers";
    throw new InputError(
      parts,
      `the manifest would have ${bytes.length} bytes; registries refuse more than ${MANIFEST_SIZE_LIMIT} (4 MiB): ` +
        `use fewer ${parts} or shorter annotations`,
    );
  }
  return { bytes, descriptor: { mediaType, digest: digestOf(bytes), size: bytes.length } };
}

/** The members of a manifest or index from an untrusted source. */
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
 * Parses the bytes of a manifest whose digest was already verified. Refused are a document that can be read
 * as an image and as an index (CVE-2021-41190), one whose own `mediaType` differs from the one it was
 * served with, and one with a malformed digest in a descriptor.
 */
export function parseManifest(bytes: Uint8Array, mediaType: string): ParsedManifest {
  const document = parseObject(bytes);
  checkKind(document, mediaType);
  const { artifactType, config, subject, annotations } = document;
  return {
    mediaType,
    ...(typeof artifactType === "string" && artifactType !== "" ? { artifactType } : {}),
    ...(isPresent(config) ? { config: parseDescriptor(config, "config") } : {}),
    layers: contentOf(document, mediaType),
    manifests: parseDescriptors(document["manifests"], "manifests"),
    ...(isPresent(subject) ? { subject: parseDescriptor(subject, "subject") } : {}),
    annotations: isPresent(annotations) ? parseAnnotations(annotations, "annotations") : {},
  };
}

/** The content of a manifest: `layers`, or `blobs` in the artifact manifests from before OCI 1.1. */
function contentOf(document: Record<string, unknown>, mediaType: string): readonly Descriptor[] {
  const isArtifact = mediaType === OCI_ARTIFACT_MANIFEST || mediaType === ORAS_ARTIFACT_MANIFEST;
  const property = isArtifact ? "blobs" : "layers";
  return parseDescriptors(document[property], property);
}

/**
 * Only the checks against confusion of {@link parseManifest}, for bytes that are passed on unchanged.
 */
export function checkManifestKind(bytes: Uint8Array, mediaType: string): void {
  checkKind(parseObject(bytes), mediaType);
}

function checkKind(document: Record<string, unknown>, mediaType: string): void {
  const own = document["mediaType"];
  if (isPresent(own) && own !== "" && own !== mediaType) {
    throw new ProtocolError(
      `the manifest was served as ${mediaType} but calls itself ${quoted(typeof own === "string" ? own : typeof own)}`,
    );
  }
  if ("manifests" in document && ("layers" in document || "config" in document)) {
    throw new ProtocolError("the manifest has both `manifests` and `layers` or `config`");
  }
}

/** Go writes an empty list as `null`. */
function parseDescriptors(value: unknown, property: string): readonly Descriptor[] {
  if (!isPresent(value)) return [];
  if (!Array.isArray(value)) throw new ProtocolError(`the manifest's ${property} is not an array`);
  return value.map((item, index) => parseDescriptor(item, `${property}[${index}]`));
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** JSON is UTF-8 without a byte order mark (RFC 8259, section 8.1). */
function parseObject(bytes: Uint8Array): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    // The parser's error would quote the document.
    throw new ProtocolError("the manifest is not JSON in UTF-8");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ProtocolError("the manifest is not a JSON object");
  }
  return value as Record<string, unknown>;
}
