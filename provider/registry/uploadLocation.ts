import { ProtocolError } from "../errors.js";
import { sameOrigin } from "../oci/origin.js";
import type { Digest } from "../oci/digest.js";
import { quoted } from "../oci/printable.js";

/** ACR's `_state` makes the location about 500 characters long; no registry needs more than this. */
const LENGTH_LIMIT = 16 * 1024;

export interface UploadLocationContext {
  readonly origin: string;
  /** Path of the answered request; relative locations refer to it. */
  readonly path: string;
  readonly repository: string;
}

/**
 * Where an upload session continues (distribution-spec, "POST then PUT"), as path and query of the next
 * request. The header is not trustworthy, and the next request carries our token and the user's bytes. So
 * it must stay on the registry's origin and in the uploads of our repository below `/v2/` (oras-go
 * CVE-2026-50151). The query belongs to the registry and is kept unchanged.
 *
 * The specification leaves the path to the registry: GitHub uses `blobs/upload/`, Google a path outside
 * `/v2/`. Such a path is accepted unless it is another endpoint of the API.
 */
export function parseUploadLocation(
  header: string | undefined,
  context: UploadLocationContext,
): string {
  if (header === undefined || header === "") {
    throw new ProtocolError(`${context.path}: the registry gave no Location for the upload`);
  }
  const reason = refusal(header, context);
  if (reason === undefined) {
    const { pathname, search } = new URL(header, context.origin + context.path);
    return pathname + search;
  }
  const shown = quoted(header.replace(/[?#].*$/s, "?…"));
  throw new ProtocolError(`${context.path}: the upload Location ${shown} is refused: ${reason}`);
}

/** Adds the digest that ends the session, and leaves the rest of the query unchanged. */
export function withDigest(location: string, digest: Digest): string {
  const joint = !location.includes("?") ? "?" : location.endsWith("?") ? "" : "&";
  return `${location}${joint}digest=${encodeURIComponent(digest)}`;
}

function refusal(header: string, context: UploadLocationContext): string | undefined {
  if (header.length > LENGTH_LIMIT) return `it is longer than ${LENGTH_LIMIT} characters`;
  if (/[\\\s\p{Cc}#]/u.test(header)) return "it has characters that a URL cannot have";
  const url = URL.parse(header, context.origin + context.path);
  if (url === null) return "it is not a URL";
  if (url.username !== "" || url.password !== "") return "it contains a user name";
  if (!sameOrigin(url, context.origin)) return `it leads away from ${context.origin}`;
  if (url.searchParams.has("digest")) return "it already names a digest";
  return refusalOfPath(url.pathname, context.repository);
}

function refusalOfPath(pathname: string, repository: string): string | undefined {
  if (/%2e|%2f|%5c/i.test(pathname)) return "its path hides separators";
  if (/^\/(?:acr|oauth2)(?:\/|$)/.test(pathname) || /^\/(?:v2)?\/?$/.test(pathname)) {
    return "its path is not an upload session";
  }
  if (!pathname.startsWith("/v2/")) return undefined;
  const uploads = [`/v2/${repository}/blobs/uploads/`, `/v2/${repository}/blobs/upload/`];
  const inside = uploads.some((prefix) => pathname.startsWith(prefix) && pathname !== prefix);
  return inside ? undefined : `it is not an upload session of ${repository}`;
}
