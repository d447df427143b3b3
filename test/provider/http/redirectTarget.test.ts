import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { redirectTarget } from "../../../provider/http/redirectTarget.js";

const AZURE = "https://myregistry.azurecr.io";
const LOCAL = "http://127.0.0.1:5000";

const follow: readonly [string, string, string?][] = [
  [AZURE, "https://eusmanaged12.blob.core.windows.net/x?sig=s"],
  [AZURE, "https://x.blob.core.chinacloudapi.cn/x"],
  [AZURE, "https://myregistry.eastus.data.azurecr.io/x"],
  [AZURE, "https://myregistry.azurecr.io:8443/x"],
  [AZURE, "/elsewhere"],
  [AZURE, "https://cdn.example.com/x", "*.example.com"],
  [AZURE, "https://cdn.example.com/x", "cdn.example.com"],
  [LOCAL, "http://127.0.0.1:6000/x"],
  [LOCAL, "http://localhost:6000/x"],
  [LOCAL, "https://127.0.0.1:6000/x"],
  ["https://127.0.0.1:5000", "https://localhost:6000/x"],
  [LOCAL, "https://x.blob.core.windows.net/x"],
];

const refuse: readonly [string, string | undefined, RegExp][] = [
  [AZURE, undefined, /without a Location/],
  [AZURE, "", /without a Location/],
  [AZURE, "http://x.blob.core.windows.net/x", /without https/],
  [AZURE, "http://127.0.0.1:6000/x", /without https/],
  [AZURE, "https://127.0.0.1/x", /not an Azure blob storage/],
  [AZURE, "https://169.254.169.254/metadata", /not an Azure blob storage/],
  [AZURE, "//evil.example/x", /evil\.example, which is not an Azure blob storage/],
  [AZURE, "https://myregistry.azurecr.io@evil.example/", /user name/],
  [AZURE, "https://blob.core.windows.net.evil.example/", /not an Azure blob storage/],
  [AZURE, "https://evilblob.core.windows.net/", /not an Azure blob storage/],
  [AZURE, "https://x.blob.core.windows.net:8443/", /not an Azure blob storage/],
  [AZURE, "\\\\evil.example\\x", /not an Azure blob storage/],
  [AZURE, "https://[", /not a URL/],
  [AZURE, `https://x.blob.core.windows.net/${"a".repeat(20_000)}`, /16 KiB/],
  [AZURE, "ftp://x.blob.core.windows.net/", /without https/],
  [LOCAL, "http://10.0.0.1/x", /without https/],
  ["https://127.0.0.1:5000", "http://127.0.0.1:6000/x", /without https/],
  [LOCAL, "https://10.0.0.1/x", /not an Azure blob storage/],
];

describe("redirectTarget", () => {
  for (const [origin, location, allowed] of follow) {
    it(`${origin} → ${location}`, () => {
      const rules = { origin, allowedHosts: allowed === undefined ? [] : [allowed] };
      const target = redirectTarget(location, `${origin}/v2/a/blobs/x`, rules, "get");
      assert.equal(target.href, new URL(location, origin).href);
    });
  }
  for (const [origin, location, message] of refuse) {
    it(`refuses ${origin} → ${String(location).slice(0, 60)}`, () => {
      assert.throws(
        () =>
          redirectTarget(location, `${origin}/v2/a/blobs/x`, { origin, allowedHosts: [] }, "get"),
        { code: "PROTOCOL", message },
      );
    });
  }
});
