import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { hasCode } from "../../../provider/errors.js";
import { digestOf, isDigest, parseDigest } from "../../../provider/oci/digest.js";
import { isLoginServer, parseLoginServer } from "../../../provider/oci/loginServer.js";
import { checkMediaType, isMediaType } from "../../../provider/oci/mediaTypes.js";
import {
  formatReference,
  isRepositoryName,
  isTag,
  parseReference,
  parseRepositoryReference,
  parseRepositoryName,
  parseTag,
} from "../../../provider/oci/reference.js";

const HEX = "0123456789abcdef".repeat(4);
const isInputError = (error: unknown): boolean => hasCode(error, "INPUT_INVALID");

describe("digests", () => {
  for (const digest of [`sha256:${HEX}`, `sha512:${HEX}${HEX}`]) {
    it(`accepts ${digest.slice(0, 12)}…`, () => assert.equal(parseDigest(digest), digest));
  }
  const bad = [
    "",
    "sha256:",
    `sha256:${HEX.slice(1)}`,
    `sha256:${HEX}0`,
    `sha256:${HEX.toUpperCase()}`,
    `sha256:${HEX}\n`,
    ` sha256:${HEX}`,
    `md5:${HEX.slice(32)}`,
    `sha512:${HEX}`,
    "sha256:../../x",
    `sha256-${HEX}`,
  ];
  for (const digest of bad) {
    it(`refuses ${JSON.stringify(digest).slice(0, 30)}`, () => {
      assert.equal(isDigest(digest), false);
      assert.throws(() => parseDigest(digest), isInputError);
    });
  }
  it("hashes by both algorithms", () => {
    assert.equal(
      digestOf("{}"),
      "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
    );
    assert.match(digestOf("{}", "sha512"), /^sha512:[a-f0-9]{128}$/);
  });
});

describe("repository names and tags", () => {
  const names = ["a", "charts/web", "a.b/c_d/e__f/g--h", "0/1", "a".repeat(255)];
  for (const name of names) {
    it(`accepts the repository ${name.slice(0, 20)}`, () =>
      assert.equal(parseRepositoryName(name), name));
  }
  const badNames = [
    "",
    "/a",
    "a/",
    "a//b",
    "A",
    "a..b",
    ".a",
    "a_",
    "a___b",
    "../a",
    "a/%2e%2e",
    "a b",
    "a\n",
    "a\\b",
    "a?b",
    "a#b",
    "_catalog",
    "a".repeat(256),
  ];
  for (const name of badNames) {
    it(`refuses the repository ${JSON.stringify(name).slice(0, 20)}`, () => {
      assert.equal(isRepositoryName(name), false);
      assert.throws(() => parseRepositoryName(name), isInputError);
    });
  }
  for (const tag of ["latest", "_", "1.0.0-rc.1_x", "a".repeat(128)]) {
    it(`accepts the tag ${tag.slice(0, 20)}`, () => assert.equal(parseTag(tag), tag));
  }
  for (const tag of ["", ".a", "-a", "a/b", "a:b", "a@b", "ä", "..", "a\n", "a".repeat(129)]) {
    it(`refuses the tag ${JSON.stringify(tag).slice(0, 20)}`, () => {
      assert.equal(isTag(tag), false);
      assert.throws(() => parseTag(tag), isInputError);
    });
  }
});

describe("login servers", () => {
  const good: readonly [given: string, loginServer: string, origin: string][] = [
    ["myregistry.azurecr.io", "myregistry.azurecr.io", "https://myregistry.azurecr.io"],
    ["https://MyRegistry.azurecr.io/", "myregistry.azurecr.io", "https://myregistry.azurecr.io"],
    ["https://r.example:443", "r.example", "https://r.example"],
    ["r.example:5000", "r.example:5000", "https://r.example:5000"],
    ["http://127.0.0.1:5000", "127.0.0.1:5000", "http://127.0.0.1:5000"],
    ["http://localhost:80", "localhost", "http://localhost"],
    ["http://127.0.0.1:443", "127.0.0.1:443", "http://127.0.0.1:443"],
    ["http://[::1]:5000", "[::1]:5000", "http://[::1]:5000"],
  ];
  for (const [given, loginServer, origin] of good) {
    it(`reads ${given}`, () => {
      assert.deepEqual(parseLoginServer(given), { loginServer, origin });
      assert.equal(isLoginServer(loginServer), true);
    });
  }
  const bad = [
    "",
    "http://example.com",
    "http://127.0.0.1.example.com",
    "http://localhost.example.com",
    "ftp://r.example",
    "https://r.example/path",
    "https://user@r.example",
    "r.example?x",
    "r.example#x",
    "r..example",
    "r.example.",
    "-r.example",
    "r_.example",
    "r.example:port",
    "r.example:99999",
    "https://https://r.example",
    "r.example\n",
  ];
  for (const given of bad) {
    it(`refuses ${JSON.stringify(given)}`, () =>
      assert.throws(() => parseLoginServer(given), isInputError));
  }
});

describe("references", () => {
  it("reads what it writes", () => {
    const segment = fc.stringMatching(/^[a-z0-9]{1,8}(?:[._-][a-z0-9]{1,8})?$/);
    const name = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));
    const tag = fc
      .stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}$/)
      .map((text) => parseTag(text));
    const digest = fc.string().map((text) => digestOf(text));
    const server = fc.constantFrom("r.azurecr.io", "127.0.0.1:5000", "[::1]:5000", "localhost");
    fc.assert(
      fc.property(server, name, fc.oneof(tag, digest), (loginServer, repository, reference) => {
        const text = formatReference(loginServer, repository, reference);
        assert.deepEqual(parseReference(text), { loginServer, repository, reference });
        assert.equal(parseRepositoryReference(text), undefined);
        const named = parseRepositoryReference(`${loginServer}/${repository}`);
        assert.deepEqual(named, { loginServer, repository });
      }),
    );
  });
  const bad = [
    "",
    "r.azurecr.io",
    "r.azurecr.io/a",
    "r.azurecr.io/a:",
    "r.azurecr.io/a@latest",
    `r.azurecr.io/a:b@sha256:${HEX}`,
    "https://r.azurecr.io/a:b",
    "R.azurecr.io/a:b",
    "r x/a:b",
    "/a:b",
  ];
  for (const text of bad) {
    it(`does not take ${JSON.stringify(text).slice(0, 40)} for one`, () =>
      assert.equal(parseReference(text), undefined));
  }
});

describe("references of repositories", () => {
  for (const text of ["", "r.azurecr.io", "r.azurecr.io/", "/a", "https://r.azurecr.io/a", "R/a"]) {
    it(`does not take ${JSON.stringify(text)} for one`, () =>
      assert.equal(parseRepositoryReference(text), undefined));
  }
});

describe("media types", () => {
  for (const type of ["a/b", "application/vnd.oci.image.manifest.v1+json"]) {
    it(`accepts ${type}`, () => assert.equal(checkMediaType(type, "mediaType"), type));
  }
  for (const type of ["", "a", "a/", "/b", "a/b/c", "a/b; c=d", "a /b", "a/b\r\nx: y"]) {
    it(`refuses ${JSON.stringify(type)}`, () => {
      assert.equal(isMediaType(type), false);
      assert.throws(() => checkMediaType(type, "mediaType"), isInputError);
    });
  }
});
