import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { hasCode } from "../../../provider/errors.js";
import { digestOf } from "../../../provider/oci/digest.js";
import * as urls from "../../../provider/registry/urls.js";

const DIGEST = digestOf("x");
const ENCODED = DIGEST.replace(":", "%3A");

describe("urls", () => {
  const rows: readonly [path: string, expected: string][] = [
    [urls.basePath(), "/v2/"],
    [urls.blobPath("a/b", DIGEST), `/v2/a/b/blobs/${DIGEST}`],
    [urls.uploadsPath("a/b"), "/v2/a/b/blobs/uploads/"],
    [urls.singlePostPath("a", DIGEST), `/v2/a/blobs/uploads/?digest=${ENCODED}`],
    [urls.mountPath("a", DIGEST, "b/c"), `/v2/a/blobs/uploads/?mount=${ENCODED}&from=b%2Fc`],
    [urls.manifestPath("a", "v1"), "/v2/a/manifests/v1"],
    [urls.manifestPath("a", DIGEST), `/v2/a/manifests/${DIGEST}`],
    [urls.tagsPath("a"), "/v2/a/tags/list"],
    [urls.tagsPath("a", { n: 5, last: "b" }), "/v2/a/tags/list?n=5&last=b"],
    [urls.referrersPath("a", DIGEST), `/v2/a/referrers/${DIGEST}`],
    [urls.referrersPath("a", DIGEST, "x/y+z"), `/v2/a/referrers/${DIGEST}?artifactType=x%2Fy%2Bz`],
    [urls.catalogPath({ n: 1 }), "/v2/_catalog?n=1"],
    [urls.acrCatalogPath({ last: "a/b" }), "/acr/v1/_catalog?last=a%2Fb&api-version=2021-07-01"],
    [urls.acrRepositoryPath("a/b"), "/acr/v1/a/b?api-version=2021-07-01"],
    [
      urls.acrTagsPath("a", { orderby: "timedesc", digest: DIGEST }),
      `/acr/v1/a/_tags?orderby=timedesc&digest=${ENCODED}&api-version=2021-07-01`,
    ],
    [urls.acrTagPath("a", "v1"), "/acr/v1/a/_tags/v1?api-version=2021-07-01"],
    [urls.acrManifestsPath("a", { n: 2 }), "/acr/v1/a/_manifests?n=2&api-version=2021-07-01"],
    [urls.acrManifestPath("a", DIGEST), `/acr/v1/a/_manifests/${DIGEST}?api-version=2021-07-01`],
  ];
  for (const [path, expected] of rows) it(expected, () => assert.equal(path, expected));

  it("lead to the intended path, or refuse the text", () => {
    const hostile = fc.constantFrom(
      "..",
      "a/../../acr",
      "%2e%2e",
      "a\\b",
      "a?x",
      "a#x",
      "a\r\nb",
      "",
    );
    const text = fc.oneof(fc.string({ unit: "binary" }), fc.webPath(), hostile);
    const builders: readonly [build: (text: string) => string, prefix: string, suffix: string][] = [
      [(name) => urls.uploadsPath(name), "/v2/", "/blobs/uploads/"],
      [(name) => urls.acrRepositoryPath(name), "/acr/v1/", ""],
      [(tag) => urls.manifestPath("a", tag), "/v2/a/manifests/", ""],
      [(tag) => urls.acrTagPath("a", tag), "/acr/v1/a/_tags/", ""],
      [(digest) => urls.blobPath("a", digest), "/v2/a/blobs/", ""],
    ];
    fc.assert(
      fc.property(text, fc.constantFrom(...builders), (given, [build, prefix, suffix]) => {
        let path: string;
        try {
          path = build(given);
        } catch (error) {
          return hasCode(error, "INPUT_INVALID");
        }
        return new URL(path, "https://r.example").pathname === prefix + given + suffix;
      }),
    );
  });

  for (const n of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    it(`refuse a page of ${n}`, () =>
      assert.throws(
        () => urls.tagsPath("a", { n }),
        (error) => hasCode(error, "INPUT_INVALID"),
      ));
  }
});
