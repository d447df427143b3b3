import { type Answer, empty, errorAnswer } from "../http/answer.js";
import { mayRead } from "../state/locks.js";
import { parseDigest } from "../wire/digest.js";
import type { Call, Handler } from "./call.js";
import { digestInvalid, locked, malformedDigest } from "./unknown.js";

/** HEAD answers with size and digest and ignores `Range` (go SDK, CheckChunkExists). */
export const headBlob: Handler = (call) => {
  const size = readableSize(call);
  if (typeof size !== "number") return size;
  const headers = {
    "Content-Type": "application/octet-stream",
    "Docker-Content-Digest": call.reference,
  };
  return { status: 200, headers, contentLength: size };
};

/** GET always redirects to storage, on another origin (js SDK, can_upload_blob_from_a_buffer). */
export const getBlob: Handler = (call) => {
  const size = readableSize(call);
  const digest = parseDigest(call.reference);
  if (typeof size !== "number") return size;
  if (digest === undefined) return digestInvalid(malformedDigest);
  const location = `${call.service.storageOrigin(call.host)}${call.service.sharedAccess.sign(digest)}`;
  const anchor = `<a href="${location.replaceAll("&", "&amp;")}">Temporary Redirect</a>.\n\n`;
  const headers = {
    "Content-Type": "text/html; charset=utf-8",
    "Docker-Content-Digest": call.reference,
    Location: location,
  };
  return { status: 307, headers, body: Buffer.from(anchor) };
};

/**
 * Answers 202 without a digest header (C11 #21); the error for a missing blob has no `detail` (js SDK,
 * deleteblob_nonexistent).
 */
export const deleteBlob: Handler = (call) => {
  const { state } = call.service;
  if (parseDigest(call.reference) === undefined) return digestInvalid(malformedDigest);
  if (state.repositories.get(call.name)?.attributes.writeEnabled === false) locked();
  if (!state.blobs.remove(call.name, call.reference)) return blobUnknown();
  return empty(202);
};

function readableSize(call: Call): number | Answer {
  const { state } = call.service;
  if (parseDigest(call.reference) === undefined) return digestInvalid(malformedDigest);
  const repository = state.repositories.get(call.name);
  if (repository !== undefined && !mayRead(repository, undefined, undefined)) locked();
  return state.blobs.size(call.name, call.reference) ?? notFound(call.reference);
}

/** The 404 of a read contains the digest and forbids caching (C11 #6, #8). */
function notFound(digest: string): Answer {
  const answer = blobUnknown(digest);
  return { ...answer, headers: { ...answer.headers, "Cache-Control": "no-cache" } };
}

function blobUnknown(detail?: string): Answer {
  return errorAnswer(404, { code: "BLOB_UNKNOWN", message: "blob unknown to registry", detail });
}
