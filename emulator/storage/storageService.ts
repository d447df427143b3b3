import { randomUUID } from "node:crypto";
import { stat } from "node:fs/promises";
import type { OutgoingHttpHeaders } from "node:http";

import { errorCode } from "../failures.js";
import type { Answer } from "../http/answer.js";
import type { ReceivedRequest } from "../http/listener.js";
import type { ContentStore } from "../state/contentStore.js";
import { failedCondition } from "../wire/conditions.js";
import { parseRange } from "../wire/range.js";
import { type SharedAccess, digestInPath } from "./sharedAccess.js";

/**
 * The second origin: serves blobs to requests with a signed address, and refuses requests with a
 * credential.
 */
export class StorageService {
  constructor(
    private readonly content: ContentStore,
    private readonly access: SharedAccess,
  ) {}

  async answer(request: ReceivedRequest): Promise<Answer> {
    const { method, path, query, headers } = request;
    if (method !== "GET" && method !== "HEAD") {
      return problem(
        405,
        "UnsupportedHttpVerb",
        "The resource doesn't support specified Http Verb.",
      );
    }
    // A registry credential must never be sent here. Azure Storage refuses a header it cannot read, and
    // so does this.
    if (headers.authorization !== undefined) {
      return problem(
        400,
        "InvalidAuthenticationInfo",
        "Authentication information is not given in the correct format. Check the value of Authorization header.",
      );
    }
    if (!this.access.permits(path, new URLSearchParams(query))) {
      return problem(
        403,
        "AuthenticationFailed",
        "Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature.",
      );
    }
    const digest = digestInPath(path);
    const size = digest === undefined ? undefined : this.content.size(digest);
    if (digest === undefined || size === undefined) return notFound();
    const file = this.content.path(digest);
    const modified = await modifiedTime(file);
    if (modified === undefined) return notFound();
    // Microsoft, "Specifying conditional headers for Blob service operations".
    const failed = failedCondition(headers, { etag: etagOf(modified), modified });
    if (failed !== undefined) return conditionNotMet(failed);
    // HEAD describes the whole content (RFC 9110, section 14.2).
    const range = method === "GET" ? headers.range : undefined;
    return content200or206({ path: file, size, modified }, range);
  }
}

interface StoredContent {
  readonly path: string;
  readonly size: number;
  readonly modified: Date;
}

function content200or206({ path, size, modified }: StoredContent, requested?: string): Answer {
  const range = parseRange(requested, size);
  if (range === "unsatisfiable") {
    const refused = problem(
      416,
      "InvalidRange",
      "The range specified is invalid for the current size of the resource.",
    );
    return {
      ...refused,
      headers: { ...refused.headers, "Content-Range": `bytes */${String(size)}` },
    };
  }
  const headers = blobHeaders(modified);
  if (range === "whole") return { status: 200, headers, body: { path, start: 0, end: size - 1 } };
  // The end is limited to the last byte (recorded: go SDK, GetChunk).
  headers["Content-Range"] = `bytes ${String(range.start)}-${String(range.end)}/${String(size)}`;
  return { status: 206, headers, body: { path, ...range } };
}

/** Undefined if the blob was deleted meanwhile. */
async function modifiedTime(path: string): Promise<Date | undefined> {
  try {
    return (await stat(path)).mtime;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** As recorded in C11 #28; there is no Docker-Content-Digest and no Connection. */
function blobHeaders(modified: Date): OutgoingHttpHeaders {
  return {
    ...storageHeaders(),
    "Content-Type": "application/octet-stream",
    "Last-Modified": modified.toUTCString(),
    "Accept-Ranges": "bytes",
    ETag: etagOf(modified),
    "x-ms-creation-time": modified.toUTCString(),
    "x-ms-lease-status": "unlocked",
    "x-ms-lease-state": "available",
    "x-ms-blob-type": "AppendBlob",
    "x-ms-blob-committed-block-count": "1",
    "x-ms-server-encrypted": "true",
  };
}

function etagOf(modified: Date): string {
  return `"0x8DC${modified.getTime().toString(16).toUpperCase()}"`;
}

function conditionNotMet(status: 304 | 412): Answer {
  const code = "ConditionNotMet";
  if (status === 304) return { status, headers: { ...storageHeaders(), "x-ms-error-code": code } };
  const message = "The condition specified using HTTP conditional header(s) is not met.";
  return problem(status, code, message);
}

function storageHeaders(): OutgoingHttpHeaders {
  return {
    Server: "Windows-Azure-Blob/1.0 Microsoft-HTTPAPI/2.0",
    "x-ms-request-id": randomUUID(),
    "x-ms-version": "2018-03-28",
  };
}

function notFound(): Answer {
  return problem(404, "BlobNotFound", "The specified blob does not exist.");
}

function problem(status: number, code: string, message: string): Answer {
  const xml = `\uFEFF<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  return {
    status,
    headers: { ...storageHeaders(), "Content-Type": "application/xml", "x-ms-error-code": code },
    body: Buffer.from(xml),
  };
}
