import { readFile, writeFile } from "node:fs/promises";

import { type Answer, empty, errorAnswer } from "../http/answer.js";
import { mayDeleteManifest, mayRead, mayWriteTag } from "../state/locks.js";
import { type ManifestDocument, readManifest } from "../state/manifestDocument.js";
import { missingContent, summarize } from "../state/manifestSummary.js";
import type { ManifestRecord, ManifestSummary } from "../state/records.js";
import type { ArrivedContent } from "../state/registryState.js";
import { failedCondition } from "../wire/conditions.js";
import { digestOf, parseDigest } from "../wire/digest.js";
import { accepts, bareMediaType, isIndexType, isManifestType } from "../wire/mediaTypes.js";
import { isDigestLike } from "../wire/names.js";
import type { Call, Handler } from "./call.js";
import { digestInvalid, locked, malformedDigest } from "./unknown.js";

/** GET and HEAD: the bytes and the media type as they were pushed (C11 #11-17). */
export const getManifest: Handler = async (call) => {
  const { repositories, manifestContent } = call.service.state;
  const repository = repositories.get(call.name);
  const tag = isDigestLike(call.reference) ? undefined : repository?.tags.get(call.reference);
  const manifest = repository?.manifests.get(tag?.digest ?? call.reference);
  if (repository !== undefined && !mayRead(repository, manifest, tag)) locked();
  if (manifest === undefined) return manifestUnknown(call);
  if (!acceptable(call, manifest)) return unacceptable(manifest);
  const etag = `"${manifest.digest}"`;
  const headers = {
    "Content-Type": manifest.mediaType,
    "Docker-Content-Digest": manifest.digest,
    ETag: etag,
  };
  // As in OCI distribution's reference server, which has the same form of ETag; not recorded.
  const { "if-none-match": known } = call.request.headers;
  if (known !== undefined && failedCondition({ "if-none-match": known }, { etag }) === 304) {
    return empty(304, headers);
  }
  try {
    return { status: 200, headers, body: await readFile(manifestContent.path(manifest.digest)) };
  } catch (error) {
    // The manifest was deleted since it was found.
    if (repository?.manifests.get(manifest.digest) === undefined) return manifestUnknown(call);
    throw error;
  }
};

/** PUT by tag or by digest. */
export const putManifest: Handler = async (call) => {
  const bytes = await call.request.body.upTo(call.service.settings.manifestSizeLimit);
  if (bytes === undefined) return manifestInvalid("http: request body too large");
  const mediaType = bareMediaType(call.request.headers["content-type"] ?? "");
  if (!isManifestType(mediaType)) {
    return manifestInvalid(
      `unsupported manifest media type and no default available: ${mediaType}`,
    );
  }
  const named = isDigestLike(call.reference) ? parseDigest(call.reference) : undefined;
  const digest = digestOf(bytes, named?.algorithm);
  if (isDigestLike(call.reference) && digest.text !== call.reference) {
    return digestInvalid(named === undefined ? malformedDigest : undefined);
  }
  const document = readManifest(bytes, mediaType);
  if (typeof document === "string") return manifestInvalid(document);
  const { state } = call.service;
  const stored = { digest: digest.text, mediaType, size: bytes.length };
  const summary = await summarize(state, call.name, document, stored);
  const temporary = state.manifestContent.temporaryPath();
  await writeFile(temporary, bytes);
  try {
    return commit(call, { temporary, digest, size: bytes.length }, document, summary);
  } finally {
    await state.manifestContent.discard(temporary);
  }
};

/**
 * Checks locks and sets the tag without interruption, so that two concurrent pushes cannot interleave.
 */
function commit(
  call: Call,
  content: ArrivedContent,
  document: ManifestDocument,
  summary: ManifestSummary,
): Answer {
  const { state, settings } = call.service;
  const tag = isDigestLike(call.reference) ? undefined : call.reference;
  if (!mayWriteTag(state.repositories.get(call.name), tag)) locked();
  const missing = missingContent(state, call.name, document);
  if (missing.length > 0) {
    const message = "blob unknown to registry";
    return errorAnswer(
      400,
      missing.map((detail) => ({ code: "MANIFEST_BLOB_UNKNOWN", message, detail })),
    );
  }
  state.putManifest(call.name, content, summary, tag);
  const subject =
    settings.referrersApi && document.subject !== undefined
      ? { "OCI-Subject": document.subject }
      : {};
  return empty(201, {
    "Docker-Content-Digest": summary.digest,
    Location: `/v2/${call.name}/manifests/${summary.digest}`,
    ...subject,
  });
}

/** DELETE by digest only (C11 #69); also deletes its tags. */
export const deleteManifest: Handler = (call) => {
  const { state, settings } = call.service;
  if (parseDigest(call.reference) === undefined) {
    const message = "A manifest can only be deleted by digest.";
    return errorAnswer(405, { code: "UNSUPPORTED", message });
  }
  const repository = state.repositories.get(call.name);
  const manifest = repository?.manifests.get(call.reference);
  if (repository === undefined || manifest === undefined) {
    if (repository?.attributes.writeEnabled === false) locked();
    // Has no `detail`, unlike the 404 of a read (C11 #64).
    const message = `manifest ${call.reference} is not found`;
    return errorAnswer(404, { code: "MANIFEST_UNKNOWN", message });
  }
  const tags = settings.tagLockProtectsManifest ? state.tagsOf(repository, manifest.digest) : [];
  if (!mayDeleteManifest(repository, manifest, tags)) locked();
  state.removeManifest(repository, manifest);
  // Without the referrers API, the service does not know referrers (Microsoft, "Manage OCI artifacts").
  if (settings.referrersApi) call.service.cascade.afterDelete(repository.name, manifest.digest);
  return empty(202);
};

function acceptable(call: Call, manifest: ManifestRecord): boolean {
  const { accept } = call.request.headers;
  if (accept === undefined) return call.service.settings.withoutAccept === "serve";
  return accepts(accept, manifest.mediaType);
}

/** The type is not acceptable: 404 instead of 406 (Azure/acr#764). */
function unacceptable({ mediaType }: ManifestRecord): Answer {
  const kind = isIndexType(mediaType) ? "index" : "manifest";
  const family = mediaType.startsWith("application/vnd.docker.") ? "Docker" : "OCI";
  const plural = kind === "index" ? "indexes" : "manifests";
  return errorAnswer(404, {
    code: "MANIFEST_UNKNOWN",
    message: `${family} ${kind} found, but accept header does not support ${family} ${plural}`,
  });
}

/** By tag: go SDK, GetManifest_wrongTag; by digest: C11 #71. */
function manifestUnknown(call: Call): Answer {
  const { reference, name } = call;
  if (isDigestLike(reference)) {
    return errorAnswer(404, {
      code: "MANIFEST_UNKNOWN",
      message: `manifest ${reference} is not found`,
      detail: { Name: name, Revision: reference },
    });
  }
  return errorAnswer(404, {
    code: "MANIFEST_UNKNOWN",
    message: `manifest tagged by "${reference}" is not found`,
    detail: { Tag: reference },
  });
}

function manifestInvalid(detail: string): Answer {
  return errorAnswer(400, { code: "MANIFEST_INVALID", message: "manifest invalid", detail });
}
