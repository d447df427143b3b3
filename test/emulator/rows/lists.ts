import { absent, image, index, ociIndex, ociManifest, otherImage, referrer } from "../content.js";
import {
  type Row,
  acr,
  blobs,
  choice,
  errors,
  patch,
  pushed,
  putManifest,
  repository,
  v2,
} from "./row.js";

const bagel = referrer("application/vnd.nhl.peanut.butter.bagel", { flavour: "plain" });
const croissant = referrer("application/vnd.nba.strawberry.jam.croissant");
const three = [...blobs, putManifest("a"), putManifest("c"), putManifest("b", otherImage)];
const referred = [...pushed, putManifest(bagel.digest, bagel), putManifest("x", croissant)];
const digests = [image.digest, otherImage.digest].sort();

const referrersAnswer = (...manifests: object[]): object => ({
  schemaVersion: 2,
  mediaType: ociIndex,
  manifests,
});

const bagelEntry = {
  mediaType: ociManifest,
  digest: bagel.digest,
  size: bagel.text.length,
  annotations: { flavour: "plain" },
  artifactType: "application/vnd.nhl.peanut.butter.bagel",
};

const croissantEntry = {
  mediaType: ociManifest,
  digest: croissant.digest,
  size: croissant.text.length,
  artifactType: "application/vnd.nba.strawberry.jam.croissant",
};

export const listRows: readonly Row[] = [
  {
    says: "tag names in byte order",
    source: "C11 #54",
    given: three,
    request: { method: "GET", path: `${v2}/tags/list` },
    status: 200,
    headers: { link: null, "x-ms-request-id": null, "x-ms-correlation-request-id": /./ },
    body: { name: repository, tags: ["a", "b", "c"] },
  },
  {
    says: "a page of tag names links the next",
    source: "C11 #55",
    given: three,
    request: { method: "GET", path: `${v2}/tags/list?n=2` },
    status: 200,
    headers: { link: `<${v2}/tags/list?last=b&n=2&orderby=>; rel="next"` },
    body: { name: repository, tags: ["a", "b"] },
  },
  {
    says: "a page of tag names after another",
    source: "C11 #56",
    given: three,
    request: { method: "GET", path: `${v2}/tags/list?last=b&n=2` },
    status: 200,
    headers: { link: null },
    body: { name: repository, tags: ["c"] },
  },
  {
    says: "tag names of a repository that is not there",
    source: "C11 #72",
    request: { method: "GET", path: `${v2}/tags/list` },
    status: 404,
    headers: { "content-length": /^\d+$/, "x-ms-request-id": null },
    body: errors("NAME_UNKNOWN", `repository "${repository}" is not found`),
  },
  {
    says: "a last page that is full has no link",
    source: "Azure/azure-sdk-assets go, NewListTagsPager",
    given: three,
    request: { method: "GET", path: `${acr}/_tags?last=b&n=1&orderby=` },
    status: 200,
    headers: { link: null },
    body: /"tags":\[\{"name":"c"/,
  },
  {
    says: "a page of no tags",
    source: "OCI distribution-spec 1.1, Listing Tags",
    given: three,
    request: { method: "GET", path: `${v2}/tags/list?n=0` },
    status: 200,
    headers: { link: null },
    body: { name: repository, tags: [] },
  },
  {
    says: "a page size beyond all measure",
    source: choice,
    given: three,
    request: { method: "GET", path: `${v2}/tags/list?n=${"9".repeat(30)}` },
    status: 200,
    body: { name: repository, tags: ["a", "b", "c"] },
  },
  {
    says: "a page size that is none",
    source: choice,
    given: three,
    request: { method: "GET", path: `${v2}/tags/list?n=-1` },
    status: 400,
    body: /"code":"PAGINATION_NUMBER_INVALID"/,
  },
  {
    says: "the catalog pages by header only, the link encoded",
    source: "Azure/azure-sdk-assets js, list_repositories_by_pages",
    given: [...pushed],
    request: { method: "GET", path: "/acr/v1/_catalog?n=1&api-version=2021-07-01" },
    status: 200,
    headers: { link: null },
    body: { repositories: [repository] },
  },
  {
    says: "the catalog's link",
    source: "Azure/azure-sdk-assets js, list_repositories_by_pages",
    given: [...pushed].flatMap((step) => [
      step,
      { ...step, path: String(step.path).replace(repository, "zebra") },
    ]),
    request: { method: "GET", path: "/acr/v1/_catalog?n=1&api-version=2021-07-01" },
    status: 200,
    headers: { link: '</acr/v1/_catalog?last=library%2Fhello&n=1&orderby=>; rel="next"' },
    body: { repositories: [repository] },
  },
  {
    says: "a link echoes an encoded repository",
    source: "Azure/azure-sdk-assets js, list_tags_by_pages",
    given: three,
    request: { method: "GET", path: "/acr/v1/library%2Fhello/_tags?n=1&orderby=timedesc" },
    status: 200,
    headers: {
      link: '</acr/v1/library%2Fhello/_tags?last=b&n=1&orderby=timedesc>; rel="next"',
    },
    body: /^\{"registry":"HOST","imageName":"library\/hello","tags":\[\{"name":"b","digest"/,
  },
  {
    says: "tags by time, oldest first",
    source: "2021-07-01 specification, orderby",
    given: three,
    request: { method: "GET", path: `${acr}/_tags?orderby=timeasc` },
    status: 200,
    body: /"name":"a".*"name":"c".*"name":"b"/,
  },
  {
    says: "tags of one manifest; the link has the recorded keys alone",
    source: "2021-07-01 specification, digest; Azure/azure-sdk-assets js, list_tags_by_pages",
    given: three,
    request: { method: "GET", path: `${acr}/_tags?digest=${image.digest}&n=1` },
    status: 200,
    headers: { link: `<${acr}/_tags?last=a&n=1&orderby=>; rel="next"` },
    body: /"tags":\[\{"name":"a".{0,400}\]\}\n$/,
  },
  {
    says: "manifests by digest; tags only where there are some",
    source: "Azure/azure-sdk-assets js, list_registry_manifests_by_pages",
    given: [...blobs, putManifest(image.digest), putManifest(otherImage.digest, otherImage)],
    request: { method: "GET", path: `${acr}/_manifests?n=1` },
    status: 200,
    headers: {
      link: `<${acr}/_manifests?last=${encodeURIComponent(digests[0] ?? "")}&n=1&orderby=>; rel="next"`,
    },
    body: /"configMediaType":"[^"]+","changeableAttributes":\{/,
  },
  {
    says: "lists leave out what listEnabled=false hides",
    source: "Microsoft, Lock a container image; thinly documented",
    given: [...three, patch(`${acr}/_tags/b`, { listEnabled: false })],
    request: { method: "GET", path: `${v2}/tags/list` },
    status: 200,
    body: { name: repository, tags: ["a", "c"] },
  },
  {
    says: "referrers of nothing",
    source: "C11 #57",
    request: { method: "GET", path: `${v2}/referrers/${absent}` },
    status: 200,
    headers: { "content-type": ociIndex, "content-length": "89" },
    body: referrersAnswer(),
  },
  {
    says: "referrers, newest first",
    source: "C11 #58",
    given: referred,
    request: { method: "GET", path: `${v2}/referrers/${image.digest}` },
    status: 200,
    headers: { "oci-filters-applied": null },
    body: referrersAnswer(croissantEntry, bagelEntry),
  },
  {
    says: "referrers of one type",
    source: "C11 #59",
    given: referred,
    request: {
      method: "GET",
      path: `${v2}/referrers/${image.digest}?artifactType=${encodeURIComponent(bagelEntry.artifactType)}`,
    },
    status: 200,
    headers: { "oci-filters-applied": "artifactType" },
    body: referrersAnswer(bagelEntry),
  },
  {
    says: "referrers of what is no digest",
    source: "OCI distribution-spec 1.1, Listing Referrers",
    request: { method: "GET", path: `${v2}/referrers/sha256:${"0".repeat(40)}` },
    status: 400,
    body: /"code":"DIGEST_INVALID"/,
  },
  {
    says: "no referrers API with customer-managed keys",
    source: "Microsoft, Manage OCI artifacts; the page is our choice",
    options: { referrersApi: false },
    request: { method: "GET", path: `${v2}/referrers/${image.digest}` },
    status: 404,
    body: "404 page not found\n",
  },
  {
    says: "an index may be listed, too",
    source: "Azure/azure-sdk-assets js, repository_and_artifact_tests",
    given: [...pushed, { ...putManifest("all", index), headers: { "content-type": ociIndex } }],
    request: { method: "GET", path: `${acr}/_manifests?orderby=timedesc&n=1` },
    status: 200,
    body: /"imageSize":7,.*"mediaType":"application\/vnd\.oci\.image\.index\.v1\+json","tags":\["all"\],"changeableAttributes":\{[^}]*\}\}\]\}\n$/,
  },
];
