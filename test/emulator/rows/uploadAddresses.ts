import { sha256 } from "../content.js";
import { type Row, choice, errors, following, outdated, startUpload, v2 } from "./row.js";
import { uploadAddress } from "./uploads.js";

const text = "0123456789abcdef";
const half = { method: "PATCH", path: following(), body: text.slice(0, 8) };
/** Steps that leave a session with half the text and two addresses. */
const halfSent = [startUpload, half] as const;
const heldHalf = {
  "content-length": "0",
  "content-type": "application/json; charset=utf-8",
  "docker-upload-uuid": /^[0-9a-f-]{36}$/,
  location: uploadAddress,
  range: "0-7",
};

/** Which requests each address of an upload accepts. */
export const uploadAddressRows: readonly Row[] = [
  {
    says: "a chunk that is there already, sent to the address from before it",
    source: "C11 #36 (conformance program 1.1: Retry previous blob chunk)",
    given: halfSent,
    request: { ...half, path: outdated(), headers: { "content-range": "0-7" } },
    status: 416,
    headers: heldHalf,
    body: "",
  },
  {
    says: "a chunk without a range, sent to an address from before the newest bytes",
    source: "C11 #36; without Content-Range it is our conclusion",
    given: halfSent,
    request: { ...half, path: outdated() },
    status: 416,
    headers: heldHalf,
    body: "",
  },
  {
    says: "PUT to an address from before the newest bytes",
    source: "reported: Azure/acr#866; headers as in C11 #36",
    given: halfSent,
    request: { method: "PUT", path: outdated(`&digest=${sha256(text)}`), body: text },
    status: 416,
    headers: heldHalf,
    body: "",
  },
  {
    says: "GET tells what is held, also at an address from before it",
    source: "C11 #37 (conformance program 1.1: Get on stale blob upload)",
    given: halfSent,
    request: { method: "GET", path: outdated() },
    status: 204,
    headers: { range: "0-7", location: uploadAddress, "content-length": null },
  },
  {
    says: "DELETE at an address from before the newest bytes",
    source: "OCI distribution-spec 1.1, Canceling a blob upload; our conclusion from C11 #37",
    given: halfSent,
    request: { method: "DELETE", path: outdated() },
    status: 204,
  },
  {
    says: "a session that was never opened",
    source: "Azure/azure-sdk-for-net#42293",
    request: { method: "PATCH", path: `${v2}/blobs/uploads/0?_state=x`, body: text },
    status: 404,
    body: errors("BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry", {}),
  },
  {
    says: "a chunk after the upload was finished",
    source: "Azure/azure-sdk-for-net#42293",
    given: [startUpload, { method: "PUT", path: following(`&digest=${sha256(text)}`), body: text }],
    request: { ...half, path: outdated() },
    status: 404,
    body: errors("BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry", {}),
  },
  {
    says: "an address without its _state",
    source: "reported: Azure/azure-sdk-for-js#25448",
    given: [startUpload],
    request: { method: "PATCH", path: (one) => following()(one).split("&_state")[0] ?? "" },
    status: 404,
    body: errors("BLOB_UPLOAD_INVALID", "blob upload invalid"),
  },
  {
    says: "an address whose _state is none of ours",
    source: choice,
    given: [startUpload],
    request: { method: "GET", path: (one) => following()(one).replace("_state=", "_state=AAAA") },
    status: 404,
    body: errors("BLOB_UPLOAD_INVALID", "blob upload invalid"),
  },
];
