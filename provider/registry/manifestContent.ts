import { isUint8Array } from "node:util/types";
import { InputError } from "../errors.js";
import { encodeRawManifest, type EncodedManifest } from "../oci/manifest.js";
import { isMediaType, OCI_MANIFEST } from "../oci/mediaTypes.js";
import { isObject } from "./jsonAnswer.js";

/**
 * Prepares a manifest of any kind for a push. Bytes are kept unchanged; an object is written as JSON. The
 * media type is the given one, else the document's own, else that of an OCI image manifest. The document is
 * neither changed nor checked; the registry does that. For new OCI manifests prefer `encodeManifest`, which
 * is typed and gives the same bytes for the same content.
 */
export function manifestFrom(content: Uint8Array | object, mediaType?: string): EncodedManifest {
  const bytes = isUint8Array(content) ? content : new TextEncoder().encode(written(content));
  return encodeRawManifest(bytes, checked(mediaType ?? ownMediaType(bytes) ?? OCI_MANIFEST));
}

/** Streams and buffers are refused: they have no members of their own, and would be written as `{}`. */
function written(content: unknown): string {
  const isDocument = isObject(content) && !ArrayBuffer.isView(content);
  const isSource =
    content instanceof ArrayBuffer ||
    (isDocument && (Symbol.asyncIterator in content || "getReader" in content));
  if (isDocument && !isSource) return JSON.stringify(content);
  throw new InputError(
    "content",
    "a manifest is an object, or its bytes (Uint8Array); read a stream first, for instance by `buffer` of node:stream/consumers",
  );
}

function ownMediaType(bytes: Uint8Array): string | undefined {
  const document = parse(bytes);
  const own = isObject(document) ? document["mediaType"] : undefined;
  return typeof own === "string" && own !== "" ? own : undefined;
}

/**
 * Bytes that are not JSON may be a manifest of another kind; then the caller must give the media type.
 */
function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new InputError("mediaType", "the manifest is not JSON: give its media type", { cause });
  }
}

function checked(mediaType: string): string {
  if (isMediaType(mediaType)) return mediaType;
  throw new InputError("mediaType", `${JSON.stringify(mediaType)} is not a media type`);
}
