import { absent, image, index, ociIndex, otherImage } from "../content.js";
import { type Row, acr, blobs, errors, patch, pushed, putManifest, repository } from "./row.js";

const time = '"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{0,6}[1-9])?Z"';
const flags =
  '\\{"deleteEnabled":true,"writeEnabled":true,"readEnabled":true,"listEnabled":true\\}';
const assets = "Azure/azure-sdk-assets";
const tagUnknown = errors("TAG_UNKNOWN", "the specified tag does not exist");

export const propertyRows: readonly Row[] = [
  {
    says: "a repository",
    source: `${assets} go, GetRepositoryProperties`,
    given: pushed,
    request: { method: "GET", path: acr },
    status: 200,
    headers: { "x-ms-request-id": null },
    body: new RegExp(
      `^\\{"registry":"HOST","imageName":"library/hello","createdTime":${time},"lastUpdateTime":${time},"manifestCount":1,"tagCount":1,"changeableAttributes":${flags}\\}\\n$`,
    ),
  },
  {
    says: "a time without zeros at its end",
    source: `${assets} js, list_registry_manifests`,
    options: { now: () => Date.UTC(2024, 5, 20, 20, 46, 30, 340) },
    given: pushed,
    request: { method: "GET", path: acr },
    status: 200,
    body: /"createdTime":"2024-06-20T20:46:30\.34Z","lastUpdateTime":"2024-06-20T20:46:30\.3400001Z"/,
  },
  {
    says: "a repository that is not there",
    source: `${assets} go, GetRepositoryProperties_fail`,
    request: { method: "GET", path: acr },
    status: 404,
    body: errors("NAME_UNKNOWN", `repository "${repository}" is not found`),
  },
  {
    says: "a tag",
    source: `${assets} go, GetTagProperties`,
    given: pushed,
    request: { method: "GET", path: `${acr}/_tags/v1` },
    status: 200,
    body: new RegExp(
      `^\\{"registry":"HOST","imageName":"library/hello","tag":\\{"name":"v1","digest":"${image.digest}","createdTime":${time},"lastUpdateTime":${time},"signed":false,"changeableAttributes":${flags}\\}\\}\\n$`,
    ),
  },
  {
    says: "a tag in a repository that is not there",
    source: `${assets} go`,
    request: { method: "GET", path: `${acr}/_tags/v1` },
    status: 404,
    body: tagUnknown,
  },
  {
    says: "a manifest",
    source: `${assets} go, GetManifestProperties`,
    given: [...pushed, putManifest("latest")],
    request: { method: "GET", path: `${acr}/_manifests/${image.digest}` },
    status: 200,
    body: new RegExp(
      `"manifest":\\{"digest":"${image.digest}","imageSize":7,"createdTime":${time},"lastUpdateTime":${time},"architecture":"amd64","os":"linux","mediaType":"[^"]+","configMediaType":"[^"]+","tags":\\["latest","v1"\\],"changeableAttributes":${flags}\\}\\}\\n$`,
    ),
  },
  {
    says: "an index names its children",
    source: `${assets} js, repository_and_artifact_tests`,
    given: [...pushed, { ...putManifest("all", index), headers: { "content-type": ociIndex } }],
    request: { method: "GET", path: `${acr}/_manifests/${index.digest}` },
    status: 200,
    body: new RegExp(
      `"imageSize":7,"createdTime":${time},"lastUpdateTime":${time},"mediaType":"[^"]+","tags":\\["all"\\],"changeableAttributes":${flags},"references":\\[\\{"digest":"${image.digest}","architecture":"amd64","os":"linux"\\}\\]`,
    ),
  },
  {
    says: "a manifest that is not there",
    source: `${assets} js`,
    given: pushed,
    request: { method: "GET", path: `${acr}/_manifests/${absent}` },
    status: 404,
    body: errors("MANIFEST_UNKNOWN", "manifest unknown"),
  },
  {
    says: "a manifest by tag is the plain page",
    source: `${assets} go, GetManifestProperties_fail`,
    given: pushed,
    request: { method: "GET", path: `${acr}/_manifests/v1` },
    status: 404,
    body: "404 page not found\n",
  },
  {
    says: "PATCH merges",
    source: `${assets} go, UpdateTagProperties`,
    given: [...pushed, patch(`${acr}/_tags/v1`, { deleteEnabled: false })],
    request: patch(`${acr}/_tags/v1`, { writeEnabled: false }),
    status: 200,
    body: /"changeableAttributes":\{"deleteEnabled":false,"writeEnabled":false,"readEnabled":true,"listEnabled":true\}/,
  },
  {
    says: "PATCH without a body changes nothing",
    source: "2021-07-01 specification: the body is optional",
    given: pushed,
    request: { method: "PATCH", path: acr },
    status: 200,
  },
  {
    says: "PATCH on what is locked in every way",
    source: `${assets} js, sets_tag_properties`,
    given: [
      ...pushed,
      patch(`${acr}/_tags/v1`, {
        deleteEnabled: false,
        writeEnabled: false,
        readEnabled: false,
        listEnabled: false,
      }),
    ],
    request: patch(`${acr}/_tags/v1`, { writeEnabled: true }),
    status: 200,
  },
  {
    says: "PATCH of a manifest leaves its tag alone",
    source: "Azure/acr#495",
    given: [...pushed, patch(`${acr}/_manifests/${image.digest}`, { writeEnabled: false })],
    request: { method: "GET", path: `${acr}/_tags/v1` },
    status: 200,
    body: /"writeEnabled":true/,
  },
  {
    says: "DELETE of a tag names the digest it had",
    source: `${assets} go, DeleteTag`,
    given: pushed,
    request: { method: "DELETE", path: `${acr}/_tags/v1` },
    status: 202,
    headers: { "content-length": "0", "x-ms-int-docker-content-digest": image.digest },
  },
  {
    says: "DELETE of a tag leaves the manifest",
    source: "Microsoft, Delete container images in Azure Container Registry",
    given: [...pushed, { method: "DELETE", path: `${acr}/_tags/v1` }],
    request: { method: "GET", path: `/v2/${repository}/manifests/${image.digest}` },
    status: 200,
  },
  {
    says: "DELETE of a tag that is not there",
    source: `${assets} js`,
    request: { method: "DELETE", path: `${acr}/_tags/v1` },
    status: 404,
    body: tagUnknown,
  },
  {
    says: "DELETE of a repository",
    source: `${assets} go, DeleteRepository`,
    given: [...pushed, putManifest("latest", otherImage)],
    request: { method: "DELETE", path: acr },
    status: 202,
    headers: { "x-ms-ratelimit-remaining-calls-per-second": "8.000000" },
    body: {
      manifestsDeleted: [image.digest, otherImage.digest].sort(),
      tagsDeleted: ["latest", "v1"],
    },
  },
  {
    says: "DELETE of a repository without tags",
    source: `${assets} js`,
    given: [...blobs, putManifest(image.digest)],
    request: { method: "DELETE", path: acr },
    status: 202,
    body: { manifestsDeleted: [image.digest], tagsDeleted: null },
  },
  {
    says: "DELETE of a repository that is not there",
    source: `${assets} js, deletes_repository_of_given_name`,
    request: { method: "DELETE", path: acr },
    status: 404,
    body: errors("NAME_UNKNOWN", "repository name not known to registry", { name: repository }),
  },
];
