import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { type Way, whatFailed, whatToDo } from "../../../provider/http/unreached.js";
import { scriptedRegistry } from "./scriptedRegistry.js";

const REGISTRY = { url: "https://example.azurecr.io/v2/", proxy: undefined, redirected: false };
const BARE = { ...REGISTRY, url: "https://example/v2/" };
const STORAGE = { ...REGISTRY, url: "https://s.blob.core.windows.net/b", redirected: true };
const PROXIED = { ...REGISTRY, proxy: "proxy.example:8080" };

describe("the error of a failed connection", () => {
  const rows: Record<string, [string, Way, string, RegExp]> = {
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
    "an unknown storage behind a redirect": [
      "ENOTFOUND",
      STORAGE,
      "s.blob.core.windows.net cannot be found: its name does not resolve (ENOTFOUND)",
      /^\. The registry keeps its blobs there: check .* data endpoint.* DNS/,
    ],
    "a storage that a firewall keeps away": [
      "EHOSTUNREACH",
      STORAGE,
      "s.blob.core.windows.net could not be reached (EHOSTUNREACH)",
      /^\. The registry keeps its blobs there: .* firewall/,
    ],
    "a proxy on the way to the storage": [
      "ECONNREFUSED",
      { ...STORAGE, proxy: PROXIED.proxy },
      "the proxy proxy.example:8080, through which s.blob.core.windows.net is reached, refused the connection " +
        "(ECONNREFUSED)",
      /^\. Check the environment variable HTTPS_PROXY, or name s\.blob\.core\.windows\.net in NO_PROXY$/,
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

describe("a storage whose name does not resolve", () => {
  it("is not waited for like a registry that was just created", async () => {
    const registry = scriptedRegistry(
      ({ url }) =>
        url === STORAGE.url ? "ENOTFOUND" : { status: 307, headers: { location: STORAGE.url } },
      { waitForAccess: 3600 },
    );
    await assert.rejects(registry.ask({ path: "/v2/a/blobs/x", followRedirect: true }), {
      code: "UNAVAILABLE",
      message:
        /s\.blob\.core\.windows\.net cannot be found.* after 3 attempts\. The registry keeps its blobs/,
    });
    assert.equal(registry.sent.length, 6);
  });
});
