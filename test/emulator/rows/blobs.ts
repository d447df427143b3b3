import { absent, config, image, layer } from "../content.js";
import { type Row, errors, putBlob, pushed, v2 } from "./row.js";

export const blobRows: readonly Row[] = [
  {
    says: "HEAD of a blob that is there",
    source: "C11 #7",
    given: [putBlob(layer)],
    request: {
      method: "HEAD",
      path: `${v2}/blobs/${layer.digest}`,
      headers: { range: "bytes=0-1" },
    },
    status: 200,
    headers: {
      "content-length": String(layer.text.length),
      "content-type": "application/octet-stream",
      "docker-content-digest": layer.digest,
    },
    body: "",
  },
  {
    says: "HEAD of a blob that is not",
    source: "C11 #6",
    request: { method: "HEAD", path: `${v2}/blobs/${absent}` },
    status: 404,
    headers: { "content-length": "157", "cache-control": "no-cache" },
    body: "",
  },
  {
    says: "GET sends to storage",
    source: "Azure/azure-sdk-assets js, can_upload_blob_from_a_buffer",
    given: [putBlob(layer)],
    request: { method: "GET", path: `${v2}/blobs/${layer.digest}` },
    status: 307,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "docker-content-digest": layer.digest,
      location:
        /^http:\/\/localhost:\d+\/[0-9a-f]{32}-\w+\/\/docker\/registry\/v2\/blobs\/sha256\/[0-9a-f]{2}\/[0-9a-f]{64}\/data\?se=[^&]+&sig=[^&]+&sp=r&spr=http&sr=b&sv=2018-03-28&regid=[0-9a-f]{32}$/,
      "x-ms-request-id": null,
    },
    body: /^<a href="http:[^"]+&amp;sp=r[^"]+">Temporary Redirect<\/a>\.\n\n$/,
  },
  {
    says: "GET of a blob that is not there",
    source: "C11 #8",
    request: { method: "GET", path: `${v2}/blobs/${absent}` },
    status: 404,
    headers: { "cache-control": "no-cache" },
    body: errors("BLOB_UNKNOWN", "blob unknown to registry", absent),
  },
  {
    says: "a blob of another repository is not there",
    source: "C11 #26",
    given: [putBlob(layer, "/v2/other/repo")],
    request: { method: "GET", path: `${v2}/blobs/${layer.digest}` },
    status: 404,
  },
  {
    says: "DELETE",
    source: "C11 #21",
    given: [putBlob(layer)],
    request: { method: "DELETE", path: `${v2}/blobs/${layer.digest}` },
    status: 202,
    headers: {
      "content-length": "0",
      "docker-content-digest": null,
      "x-ms-ratelimit-remaining-calls-per-second": "8.000000",
    },
  },
  {
    says: "DELETE of a blob that is not there",
    source: "Azure/azure-sdk-assets js, deleteblob_nonexistent",
    request: { method: "DELETE", path: `${v2}/blobs/${absent}` },
    status: 404,
    body: errors("BLOB_UNKNOWN", "blob unknown to registry"),
  },
  {
    says: "DELETE leaves the same blob of other repositories",
    source: "C11 #42",
    given: [
      putBlob(config),
      putBlob(config, "/v2/other/repo"),
      { method: "DELETE", path: `/v2/other/repo/blobs/${config.digest}` },
    ],
    request: { method: "HEAD", path: `${v2}/blobs/${config.digest}` },
    status: 200,
  },
  {
    says: "blobs stay when the repository vanishes with its last manifest",
    source: "C11 #72, #73",
    given: [...pushed, { method: "DELETE", path: `${v2}/manifests/${image.digest}` }],
    request: { method: "HEAD", path: `${v2}/blobs/${layer.digest}` },
    status: 200,
  },
];
