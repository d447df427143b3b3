import type { OutgoingHttpHeaders } from "node:http";

import { registryHeaders, requestIdHeaders, tokenHeaders } from "../http/headers.js";
import { type Access, catalogAccess, repositoryAccess } from "../wire/scope.js";
import { apiVersion } from "./base.js";
import { deleteBlob, getBlob, headBlob } from "./blobs.js";
import type { Call, Route } from "./call.js";
import { listManifests, listRepositories, listTagNames, listTags } from "./lists.js";
import { deleteManifest, getManifest, putManifest } from "./manifests.js";
import * as properties from "./properties.js";
import { listReferrers } from "./referrers.js";
import { exchange, tokenByBasic, tokenByForm } from "./tokenEndpoints.js";
import * as uploads from "./uploads.js";

const nothing = (): readonly Access[] => [];
const catalog = (): readonly Access[] => [catalogAccess];
const pull = (call: Call): readonly Access[] => [repositoryAccess(call.name, "pull")];
const push = (call: Call): readonly Access[] => [repositoryAccess(call.name, "pull", "push")];
const remove = (call: Call): readonly Access[] => [repositoryAccess(call.name, "delete")];
const readMetadata = (call: Call): readonly Access[] => [
  repositoryAccess(call.name, "metadata_read"),
];
const writeMetadata = (call: Call): readonly Access[] => [
  repositoryAccess(call.name, "metadata_write"),
];

/**
 * A mount also needs to read the source repository; without `from`, it is an ordinary upload (C11 #40,
 * #41).
 */
const pushOrMount = (call: Call): readonly Access[] => {
  const mount = uploads.mountIn(call);
  return mount === undefined ? push(call) : [...push(call), repositoryAccess(mount.from, "pull")];
};

/** Headers of lists, properties, referrers and `/v2/`, and of every 401. */
const plain = (): OutgoingHttpHeaders => registryHeaders();

const withIds = (call: Call): OutgoingHttpHeaders => {
  const clientRequestId = call.request.headers["x-ms-client-request-id"];
  return {
    ...registryHeaders(),
    ...requestIdHeaders(Array.isArray(clientRequestId) ? clientRequestId[0] : clientRequestId),
  };
};

/** The redirect to storage has no request ids (js SDK, can_upload_blob_from_a_buffer). */
const withIdsUnlessRedirected = (call: Call, status: number): OutgoingHttpHeaders =>
  status === 307 ? plain() : withIds(call);

/** DELETE reports the remaining rate: 8 per second on Basic and Standard (js SDK recordings). */
const rated = (call: Call): OutgoingHttpHeaders => ({
  ...withIds(call),
  "X-Ms-Ratelimit-Remaining-Calls-Per-Second": "8.000000",
});

const blob = "/v2/{name}/blobs/{digest}";
const upload = "/v2/{name}/blobs/uploads/{upload}";
const manifest = "/v2/{name}/manifests/{reference}";
const repositoryProperties = "/acr/v1/{name}";
const tagProperties = "/acr/v1/{name}/_tags/{tag}";
const manifestProperties = "/acr/v1/{name}/_manifests/{digest}";

/** All operations of the registry: method, path, required scope, handler and headers. */
export const routes: readonly Route[] = [
  row("GET", "/v2/", nothing, apiVersion, plain),
  row("GET", "/v2/_catalog", catalog, listRepositories, plain),
  row("GET", "/v2/{name}/tags/list", readMetadata, listTagNames, plain),
  row("GET", "/v2/{name}/referrers/{digest}", pull, listReferrers, plain),

  row("POST", "/v2/{name}/blobs/uploads/", pushOrMount, uploads.startUpload, withIds),
  row("GET", upload, pull, uploads.uploadStatus, withIds),
  row("PATCH", upload, push, uploads.appendChunk, withIds),
  row("PUT", upload, push, uploads.finishUpload, withIds),
  row("DELETE", upload, remove, uploads.cancelUpload, rated),

  row("HEAD", blob, pull, headBlob, withIds),
  row("GET", blob, pull, getBlob, withIdsUnlessRedirected),
  row("DELETE", blob, remove, deleteBlob, rated),

  row("HEAD", manifest, pull, getManifest, withIds),
  row("GET", manifest, pull, getManifest, withIds),
  row("PUT", manifest, push, putManifest, withIds),
  row("DELETE", manifest, remove, deleteManifest, rated),

  row("GET", "/acr/v1/_catalog", catalog, listRepositories, plain),
  row("GET", "/acr/v1/{name}/_tags", readMetadata, listTags, plain),
  row("GET", "/acr/v1/{name}/_manifests", readMetadata, listManifests, plain),
  row("GET", tagProperties, readMetadata, properties.getTag, plain),
  row("PATCH", tagProperties, writeMetadata, properties.patchTag, plain),
  row("DELETE", tagProperties, remove, properties.deleteTag, rated),
  row("GET", manifestProperties, readMetadata, properties.getManifestProperties, plain),
  row("PATCH", manifestProperties, writeMetadata, properties.patchManifestProperties, plain),
  row("GET", repositoryProperties, readMetadata, properties.getRepository, plain),
  row("PATCH", repositoryProperties, writeMetadata, properties.patchRepository, plain),
  row("DELETE", repositoryProperties, remove, properties.deleteRepository, rated),

  { method: "POST", path: "/oauth2/exchange", handler: exchange, headers: tokenHeaders },
  { method: "POST", path: "/oauth2/token", handler: tokenByForm, headers: tokenHeaders },
  { method: "GET", path: "/oauth2/token", handler: tokenByBasic, headers: tokenHeaders },
];

function row(
  method: string,
  path: string,
  access: (call: Call) => readonly Access[],
  handler: Route["handler"],
  headers: Route["headers"],
): Route {
  return { method, path, access, handler, headers };
}
