import { absent, config, layer } from "../content.js";
import { type Row, choice, putBlob, repository, v2 } from "./row.js";

/** Blobs that exist after one POST: sent with it, or mounted. */
export const singleRequestRows: readonly Row[] = [
  {
    says: "POST with digest and content",
    source: "C11 #27",
    request: putBlob(layer),
    status: 201,
    headers: { "docker-content-digest": layer.digest, "docker-upload-uuid": null },
  },
  {
    says: "POST with another content's digest",
    source: choice,
    request: { ...putBlob(layer), body: "something else" },
    status: 400,
    body: /"code":"DIGEST_INVALID"/,
  },
  {
    says: "a mount from another repository",
    source: "C11 #41",
    given: [putBlob(config, "/v2/other/repo")],
    request: {
      method: "POST",
      path: `${v2}/blobs/uploads/?from=other%2Frepo&mount=${encodeURIComponent(config.digest)}`,
    },
    status: 201,
    headers: {
      "docker-content-digest": config.digest,
      "docker-upload-uuid": null,
      location: `/v2/${repository}/blobs/${config.digest}`,
    },
  },
  {
    says: "a mount without from, though the blob is elsewhere",
    source: "C11 #40",
    given: [putBlob(config, "/v2/other/repo")],
    request: { method: "POST", path: `${v2}/blobs/uploads/?mount=${config.digest}` },
    status: 202,
    headers: { "docker-upload-uuid": /^[0-9a-f-]{36}$/ },
  },
  ...['b"x', "a\r\nb", "€", "", "A"].map((from) => ({
    says: `a mount from what is no repository (${JSON.stringify(from)}) wants one scope`,
    source: choice,
    request: {
      method: "POST",
      path: `${v2}/blobs/uploads/?from=${encodeURIComponent(from)}&mount=${absent}`,
      as: "nobody" as const,
    },
    status: 401,
    headers: { "www-authenticate": /,scope="repository:library\/hello:pull,push"$/ },
  })),
  {
    says: "a mount of what is not there",
    source: "OCI distribution-spec 1.1, Mounting a blob from another repository",
    request: { method: "POST", path: `${v2}/blobs/uploads/?from=other%2Frepo&mount=${absent}` },
    status: 202,
  },
];
