import { absent, sha256, sha512 } from "../content.js";
import { type Row, choice, errors, following, startUpload, v2 } from "./row.js";

export const uploadAddress =
  /^\/v2\/library\/hello\/blobs\/uploads\/[0-9a-f-]{36}\?_nouploadcache=false&_state=[\w-]{40,}(%3D)*$/;
const uuid = /^[0-9a-f-]{36}$/;
const text = "0123456789abcdef";
const half = { method: "PATCH", path: following(), body: text.slice(0, 8) };
const digest = `&digest=${encodeURIComponent(sha256(text))}`;

/** Steps that leave a session with half the text. */
const halfSent = [startUpload, half] as const;

export const uploadRows: readonly Row[] = [
  {
    says: "POST opens a session",
    source: "C11 #1",
    request: { ...startUpload, headers: { "x-ms-client-request-id": "mine" } },
    status: 202,
    headers: {
      "content-length": "0",
      "docker-upload-uuid": uuid,
      location: uploadAddress,
      range: "0-0",
      "x-ms-request-id": uuid,
      "x-ms-client-request-id": "mine",
    },
    body: "",
  },
  {
    says: "PATCH appends",
    source: "C11 #35",
    given: [startUpload],
    request: { ...half, headers: { "content-range": "0-7" } },
    status: 202,
    headers: { "docker-upload-uuid": uuid, location: uploadAddress, range: "0-7" },
  },
  {
    says: "PATCH without Content-Length and Content-Range",
    source: "C11 #24",
    given: [startUpload],
    request: { method: "PATCH", path: following(), body: text, chunked: true },
    status: 202,
    headers: { range: "0-15" },
  },
  {
    says: "the same can be refused",
    source: "reported: goharbor/harbor#23016",
    options: { refuseChunkedFraming: true },
    given: [startUpload],
    request: { method: "PATCH", path: following(), body: text, chunked: true },
    status: 400,
    body: errors("CONTENT_LENGTH_INVALID", "Content-Length header is required"),
  },
  {
    says: "a chunk after a gap",
    source: "C11 #34",
    given: [startUpload],
    request: {
      method: "PATCH",
      path: following(),
      headers: { "content-range": "22-41" },
      body: "01234567890123456789",
    },
    status: 416,
    headers: { "content-length": "178", location: null },
    body: errors("BLOB_UPLOAD_RANGE_INVALID", "blob upload range invalid", {
      Range: "22-41",
      Reason: "out of order chunk: content range should start at 0",
    }),
  },
  {
    says: "a chunk that is there already, sent to the newest address",
    source: "C11 #34, where it is too far on",
    given: halfSent,
    request: { ...half, headers: { "content-range": "0-7" } },
    status: 416,
    body: errors("BLOB_UPLOAD_RANGE_INVALID", "blob upload range invalid", {
      Range: "0-7",
      Reason: "out of order chunk: content range should start at 8",
    }),
  },
  {
    says: "Content-Range with a unit and a total",
    source: "dotnet/sdk-container-builds#258",
    given: [startUpload],
    request: { ...half, headers: { "content-range": "bytes 0-7/*" } },
    status: 416,
    body: errors("BLOB_UPLOAD_RANGE_INVALID", "blob upload range invalid", {
      Range: "bytes 0-7/*",
      Reason: "the Content-Range header format is invalid",
    }),
  },
  {
    says: "Content-Range that is not as long as the body",
    source: choice,
    given: [startUpload],
    request: { ...half, headers: { "content-range": "0-8" } },
    status: 400,
    body: /"code":"SIZE_INVALID"/,
  },
  {
    says: "PUT finishes what was sent in chunks",
    source: "C11 #39",
    given: [startUpload, half, { method: "PATCH", path: following(), body: text.slice(8) }],
    request: { method: "PUT", path: following(digest), body: "" },
    status: 201,
    headers: {
      "content-length": "0",
      "docker-content-digest": sha256(text),
      location: `${v2}/blobs/${sha256(text)}`,
      range: null,
    },
  },
  {
    says: "PUT with the last bytes",
    source: "C11 #25 and OCI distribution-spec 1.1, Pushing a blob in chunks",
    given: halfSent,
    request: { method: "PUT", path: following(digest), body: text.slice(8) },
    status: 201,
  },
  {
    says: "PUT with all bytes",
    source: "C11 #30",
    given: [startUpload],
    request: { method: "PUT", path: following(digest), body: text },
    status: 201,
  },
  {
    says: "PUT of nothing at all",
    source: "OCI distribution-spec conformance, EMPTY_BLOB",
    given: [startUpload],
    request: { method: "PUT", path: following(`&digest=${sha256("")}`) },
    status: 201,
  },
  {
    says: "PUT with sha512",
    source: "OCI image-spec 1.1, descriptor.md, Registered Algorithms",
    given: [startUpload],
    request: { method: "PUT", path: following(`&digest=${sha512(text)}`), body: text },
    status: 201,
    headers: { "docker-content-digest": sha512(text) },
  },
  {
    says: "PUT with another content's digest",
    source: "Azure/azure-sdk-assets go, CompleteUpload_wrongDigest",
    given: halfSent,
    request: { method: "PUT", path: following(`&digest=${absent}`) },
    status: 400,
    body: /^\{"errors":\[\{"code":"DIGEST_INVALID","message":"provided digest did not match uploaded content"/,
  },
  {
    says: "PUT with a malformed digest",
    source: "Azure/azure-sdk-assets go, CompleteUpload_wrongDigest",
    given: halfSent,
    request: { method: "PUT", path: following("&digest=sha256:00") },
    status: 400,
    body: errors(
      "DIGEST_INVALID",
      "provided digest did not match uploaded content",
      "digest parsing failed",
    ),
  },
  {
    says: "DELETE cancels",
    source: "Azure/azure-sdk-assets go, CancelUpload",
    given: halfSent,
    request: { method: "DELETE", path: following() },
    status: 204,
    headers: { "content-length": null, "docker-upload-uuid": uuid },
  },
  {
    says: "a body over the limit",
    source: "reported: goharbor/harbor#23015",
    options: { chunkSizeLimit: 8 },
    given: [startUpload],
    request: { method: "PATCH", path: following(), body: text },
    status: 413,
    headers: { "content-type": "text/html" },
    body: /<title>413 Request Entity Too Large<\/title>/,
  },
];
