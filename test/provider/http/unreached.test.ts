import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { whatFailed, whatToDo } from "../../../provider/http/unreached.js";

const REGISTRY = { url: "https://example.azurecr.io/v2/", proxy: undefined };
const BARE = { url: "https://example/v2/", proxy: undefined };
const PROXIED = { ...REGISTRY, proxy: "proxy.example:8080" };

describe("what is said of a connection that did not come about", () => {
  const rows: Record<string, [string, typeof REGISTRY | typeof PROXIED, string, RegExp]> = {
    "nobody listens": [
      "ECONNREFUSED",
      REGISTRY,
      "example.azurecr.io refused the connection (ECONNREFUSED)",
      /^\. Check the login server, its port, and that the registry is there/,
    ],
    "an unknown name": [
      "ENOTFOUND",
      REGISTRY,
      "example.azurecr.io cannot be found: its name does not resolve (ENOTFOUND)",
      /^\. Check the login server; .*`waitForAccess`/,
    ],
    "the name of a resource as login server": [
      "EAI_AGAIN",
      BARE,
      "example cannot be found: its name does not resolve (EAI_AGAIN)",
      /^\. Check the login server: .*"example\.azurecr\.io"$/,
    ],
    "an unknown proxy": [
      "ENOTFOUND",
      PROXIED,
      "the proxy proxy.example:8080, through which example.azurecr.io is reached, cannot be found: its name does not " +
        "resolve (ENOTFOUND)",
      /^\. Check the environment variable HTTPS_PROXY, or name the registry in NO_PROXY$/,
    ],
    "a cut behind a proxy, which may be either's": [
      "ECONNRESET",
      PROXIED,
      "example.azurecr.io, reached through the proxy proxy.example:8080, cut the connection (ECONNRESET)",
      /^$/,
    ],
    "anything else": ["", REGISTRY, "example.azurecr.io could not be reached (the text)", /^$/],
  };
  for (const [name, [code, way, failed, advice]] of Object.entries(rows)) {
    it(name, () => {
      assert.equal(whatFailed(code, "the text", way), failed);
      assert.match(whatToDo(code, way), advice);
    });
  }
});
