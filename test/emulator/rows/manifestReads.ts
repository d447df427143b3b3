import { absent, dockerManifest, image, ociManifest } from "../content.js";
import { type Row, choice, errors, pushed, repository, v2 } from "./row.js";

export const manifestReadRows: readonly Row[] = [
  {
    says: "GET by tag, byte for byte",
    source: "C11 #16, #17",
    given: pushed,
    request: { method: "GET", path: `${v2}/manifests/v1`, headers: { accept: ociManifest } },
    status: 200,
    headers: {
      "content-type": ociManifest,
      "docker-content-digest": image.digest,
      etag: `"${image.digest}"`,
    },
    body: image.text,
  },
  ...[
    [`"${image.digest}"`, 304, ""],
    [`"${absent}"`, 200, image.text],
  ].map(([etag, status, body]): Row => ({
    says: `GET with If-None-Match: ${status === 304 ? "that" : "another"} one`,
    source: "OCI distribution's reference server; not recorded",
    given: pushed,
    request: {
      method: "GET",
      path: `${v2}/manifests/v1`,
      headers: { "if-none-match": String(etag) },
    },
    status: Number(status),
    headers: { etag: `"${image.digest}"`, "docker-content-digest": image.digest },
    body: String(body),
  })),
  {
    says: "HEAD by digest",
    source: "C11 #11",
    given: pushed,
    request: {
      method: "HEAD",
      path: `${v2}/manifests/${image.digest}`,
      headers: { accept: "*/*" },
    },
    status: 200,
    headers: { "content-length": String(image.text.length), "content-type": ociManifest },
    body: "",
  },
  {
    says: "GET with an Accept that leaves the type out",
    source: "Azure/acr#764",
    given: pushed,
    request: { method: "GET", path: `${v2}/manifests/v1`, headers: { accept: dockerManifest } },
    status: 404,
    body: errors(
      "MANIFEST_UNKNOWN",
      "OCI manifest found, but accept header does not support OCI manifests",
    ),
  },
  {
    says: "GET without Accept can be refused",
    source: choice,
    options: { withoutAccept: "refuse" },
    given: pushed,
    request: { method: "GET", path: `${v2}/manifests/v1` },
    status: 404,
  },
  {
    says: "GET by a tag that is not there",
    source: "Azure/azure-sdk-assets go, GetManifest_wrongTag",
    request: { method: "GET", path: `${v2}/manifests/v9` },
    status: 404,
    body: errors("MANIFEST_UNKNOWN", 'manifest tagged by "v9" is not found', { Tag: "v9" }),
  },
  {
    says: "GET by a digest that is not there",
    source: "C11 #71",
    request: { method: "GET", path: `${v2}/manifests/${absent}` },
    status: 404,
    body: errors("MANIFEST_UNKNOWN", `manifest ${absent} is not found`, {
      Name: repository,
      Revision: absent,
    }),
  },
];
