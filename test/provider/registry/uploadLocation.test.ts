import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { hasCode } from "../../../provider/errors.js";
import { digestOf } from "../../../provider/oci/digest.js";
import { parseUploadLocation, withDigest } from "../../../provider/registry/uploadLocation.js";

const CONTEXT = {
  origin: "https://r.example:5000",
  path: "/v2/a/b/blobs/uploads/",
  repository: "a/b",
};
const SESSION = "/v2/a/b/blobs/uploads/6c1f";

describe("parseUploadLocation", () => {
  const taken: readonly [name: string, header: string, expected: string][] = [
    [
      "relative, as ACR sends it",
      `${SESSION}?_state=a%3D%3D&n=x+y`,
      `${SESSION}?_state=a%3D%3D&n=x+y`,
    ],
    ["absolute on the same origin", `https://r.example:5000${SESSION}?x=1`, `${SESSION}?x=1`],
    ["relative to the request", "6c1f?x=1", `${SESSION}?x=1`],
    ["without a query", SESSION, SESSION],
    ["GitHub's path", "/v2/a/b/blobs/upload/6c1f", "/v2/a/b/blobs/upload/6c1f"],
    ["Google's path", "/artifacts-uploads/x/uploads/1?y", "/artifacts-uploads/x/uploads/1?y"],
  ];
  for (const [name, header, expected] of taken) {
    it(`accepts one that is ${name}`, () =>
      assert.equal(parseUploadLocation(header, CONTEXT), expected));
  }

  const refused: readonly [name: string, header: string | undefined][] = [
    ["none", undefined],
    ["an empty one", ""],
    ["another port", `https://r.example:5001${SESSION}`],
    ["another scheme", `http://r.example:5000${SESSION}`],
    ["another host", `https://evil.example${SESSION}`],
    ["another host without a scheme", `//evil.example${SESSION}`],
    ["a user name", `https://r.example@evil.example${SESSION}`],
    ["a user name on our host", `https://u@r.example:5000${SESSION}`],
    ["backslashes", `\\\\evil.example\\x`],
    ["a line break", `${SESSION}\r\nx: y`],
    ["a tab", `${SESSION}\tx`],
    ["a fragment", `${SESSION}#x`],
    ["100 KiB", SESSION + "x".repeat(100 * 1024)],
    ["another repository's session", "/v2/a/c/blobs/uploads/6c1f"],
    ["a way out", `${SESSION}/../../../../c/blobs/uploads/1`],
    ["an encoded way out", `${SESSION}/%2e%2e/%2e%2e/%2e%2e/manifests/v1`],
    ["a hidden slash", `${SESSION}%2f..%2fx`],
    ["the token endpoint", "/oauth2/token"],
    ["metadata", "/acr/v1/a/b"],
    ["the base path", "/v2/"],
    ["the root", "/"],
    ["the session's parent", "/v2/a/b/blobs/uploads/"],
    ["a digest of its own", `${SESSION}?digest=sha256%3Aabc`],
    ["no URL", "https://"],
    ["another protocol", "data:text/plain,x"],
  ];
  for (const [name, header] of refused) {
    it(`refuses ${name}`, () => {
      assert.throws(
        () => parseUploadLocation(header, CONTEXT),
        (error) => hasCode(error, "PROTOCOL") && error.message.length < 500,
      );
    });
  }

  it("does not repeat the query, which is a capability, in the error", () => {
    assert.throws(
      () => parseUploadLocation(`https://evil.example/x?_state=SECRET`, CONTEXT),
      (error: Error) => !error.message.includes("SECRET"),
    );
  });
});

describe("withDigest", () => {
  const digest = digestOf("x");
  const encoded = encodeURIComponent(digest);
  const rows = [
    [SESSION, `${SESSION}?digest=${encoded}`],
    [`${SESSION}?`, `${SESSION}?digest=${encoded}`],
    [`${SESSION}?_state=a%3D%3D&b=x+y`, `${SESSION}?_state=a%3D%3D&b=x+y&digest=${encoded}`],
  ] as const;
  for (const [location, expected] of rows) {
    it(`ends ${location}`, () => assert.equal(withDigest(location, digest), expected));
  }
});
