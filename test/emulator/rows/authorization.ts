import { absent, image, layer } from "../content.js";
import { type Row, acr, choice, errors, pushed, repository, startUpload, v2 } from "./row.js";

const message =
  "authentication required, visit https://aka.ms/acr/authorization for more information.";

/** A request without a credential and the scope that its challenge must name. */
function challenged(
  says: string,
  source: string,
  method: string,
  path: string,
  scope: string,
  detail: readonly (readonly [string, string, string])[],
): Row {
  return {
    says,
    source,
    request: { method, path, as: "nobody" },
    status: 401,
    headers: {
      "www-authenticate": `Bearer realm="http://HOST/oauth2/token",service="HOST",scope="${scope}"`,
      "content-type": "application/json; charset=utf-8",
      "docker-distribution-api-version": "registry/2.0",
      "x-ms-request-id": null,
    },
    ...(method === "HEAD"
      ? { body: "" }
      : {
          body: errors(
            "UNAUTHORIZED",
            message,
            detail.map(([Type, Name, Action]) => ({ Type, Name, Action })),
          ),
        }),
  };
}

function one(says: string, source: string, method: string, path: string, action: string): Row {
  const actions = action.split(",");
  const scope = `repository:${repository}:${action}`;
  const detail = actions.map((each) => ["repository", repository, each] as const);
  return challenged(says, source, method, path, scope, detail);
}

const assets = "Azure/azure-sdk-assets";

export const authorizationRows: readonly Row[] = [
  {
    says: "GET /v2/ challenges without a scope",
    source: `${assets} go, CheckDockerV2Support`,
    request: { method: "GET", path: "/v2/", as: "nobody" },
    status: 401,
    headers: { "www-authenticate": 'Bearer realm="http://HOST/oauth2/token",service="HOST"' },
    body: errors("UNAUTHORIZED", message, null),
  },
  {
    says: "GET /v2/ with credentials is two bytes",
    source: `${assets} go, CheckDockerV2Support`,
    request: { method: "GET", path: "/v2/" },
    status: 200,
    headers: { "content-length": "2", "x-ms-request-id": null },
    body: "{}",
  },
  one("an upload wants pull,push", "C11 #1", "POST", `${v2}/blobs/uploads/`, "pull,push"),
  one("a manifest PUT wants pull,push", "C11 #4", "PUT", `${v2}/manifests/v1`, "pull,push"),
  one("a blob HEAD wants pull", "C11 #6", "HEAD", `${v2}/blobs/${absent}`, "pull"),
  one("a manifest GET wants pull", "C11 #15", "GET", `${v2}/manifests/${absent}`, "pull"),
  one("a manifest DELETE wants delete", "C11 #19", "DELETE", `${v2}/manifests/v1`, "delete"),
  one("a blob DELETE wants delete", "C11 #21", "DELETE", `${v2}/blobs/${absent}`, "delete"),
  one("referrers want pull", "C11 #57", "GET", `${v2}/referrers/${absent}`, "pull"),
  one("a tag list wants metadata_read", "C11 #54", "GET", `${v2}/tags/list`, "metadata_read"),
  one(
    "tag properties want metadata_read",
    `${assets} go`,
    "GET",
    `${acr}/_tags/v1`,
    "metadata_read",
  ),
  one("a PATCH wants metadata_write", `${assets} go, Update`, "PATCH", acr, "metadata_write"),
  one("deleting a tag wants delete", `${assets} js`, "DELETE", `${acr}/_tags/v1`, "delete"),
  challenged(
    "the catalog wants registry:catalog:*",
    `${assets} js, list_repositories_by_pages`,
    "GET",
    "/acr/v1/_catalog",
    "registry:catalog:*",
    [["registry", "catalog", "*"]],
  ),
  challenged(
    "a mount wants two scopes",
    "C11 #41",
    "POST",
    `${v2}/blobs/uploads/?from=other%2Frepo&mount=${absent}`,
    `repository:${repository}:pull,push repository:other/repo:pull`,
    [
      ["repository", repository, "pull"],
      ["repository", repository, "push"],
      ["repository", "other/repo", "pull"],
    ],
  ),
  one(
    "a mount without from wants one",
    "C11 #40",
    "POST",
    `${v2}/blobs/uploads/?mount=${absent}`,
    "pull,push",
  ),
  {
    says: "a token that is too narrow is 401 insufficient_scope, not 403",
    source: `${assets} go, CancelUpload`,
    request: { ...startUpload, as: { scope: `repository:${repository}:pull` } },
    status: 401,
    headers: { "www-authenticate": /,error="insufficient_scope"$/ },
    body: /"code":"UNAUTHORIZED"/,
  },
  {
    says: "a pull token does not list tags",
    source: "C11 #54",
    given: pushed,
    request: {
      method: "GET",
      path: `${v2}/tags/list`,
      as: { scope: `repository:${repository}:pull` },
    },
    status: 401,
    headers: { "www-authenticate": /:metadata_read",error="insufficient_scope"$/ },
  },
  {
    says: "several scopes in one token",
    source: `${assets} go, MountBlob`,
    given: pushed,
    request: {
      method: "GET",
      path: `${v2}/tags/list`,
      as: { scope: `repository:x:pull repository:${repository}:metadata_read,pull` },
    },
    status: 200,
  },
  {
    says: "a token that is none",
    source: choice,
    request: { method: "GET", path: "/v2/", headers: { authorization: "Bearer nonsense" } },
    status: 401,
    headers: { "www-authenticate": /,error="invalid_token"$/ },
  },
  {
    says: "a wrong password",
    source: choice,
    request: { method: "GET", path: "/v2/", headers: { authorization: "Basic eDp5" } },
    status: 401,
    headers: { "www-authenticate": 'Bearer realm="http://HOST/oauth2/token",service="HOST"' },
  },
  {
    says: "the route decides before the token: a malformed tag is the plain page",
    source: "C11 #14",
    request: { method: "GET", path: `${v2}/manifests/.INVALID_MANIFEST_NAME`, as: "nobody" },
    status: 404,
    headers: {
      "content-type": "text/plain; charset=utf-8",
      "content-length": "19",
      "access-control-expose-headers": null,
      "strict-transport-security": /^(max-age=31536000; includeSubDomains(, )?){2}$/,
      "www-authenticate": null,
    },
    body: "404 page not found\n",
  },
  {
    says: "a malformed digest is the plain page, too",
    source: "C11 #18",
    request: { method: "GET", path: `${v2}/manifests/sha256:totallywrong`, as: "nobody" },
    status: 404,
    body: "404 page not found\n",
  },
  {
    says: "an upper-case repository is the plain page",
    source: `${assets} go, MountBlob_fail`,
    request: { method: "GET", path: `/v2/Hello/blobs/${layer.digest}`, as: "nobody" },
    status: 404,
    body: "404 page not found\n",
  },
  {
    says: "a path outside the APIs",
    source: `${assets} go, GetUploadStatus_fail`,
    request: { method: "GET", path: "/elsewhere", as: "nobody" },
    status: 404,
    headers: { "content-type": "application/octet-stream", "content-length": "9" },
    body: "Not found",
  },
  {
    says: "a method that the path does not have",
    source: choice,
    request: { method: "POST", path: `${v2}/manifests/${image.digest}` },
    status: 405,
    headers: { allow: "HEAD, GET, PUT, DELETE" },
  },
];
