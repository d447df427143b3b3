import assert from "node:assert/strict";
import { AzureLogger, createClientLogger, getLogLevel, setLogLevel } from "@azure/logger";
import { describe, it } from "mocha";
import { holdsSecret } from "../support/secretWatch.js";

describe("the watch for secrets in the log", () => {
  const rows: readonly (readonly [string, boolean])[] = [
    ["password: canary-1234", true],
    ["Authorization: Bearer abcdefghijkl", true],
    ["authorization Basic dXNlcjpwYXNz", true],
    ["token eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln", true],
    ["GET https://host/blob?se=1&sig=c2lnbmF0dXJl", true],
    ["PATCH /v2/a/blobs/uploads/1?_state=opaque-state", true],
    ["GET https://host/blob?se=REDACTED&sig=REDACTED", false],
    ["WWW-Authenticate: Bearer realm=REDACTED", false],
    ["GET /v2/a/manifests/v1", false],
  ];
  for (const [line, secret] of rows) {
    it(`${secret ? "reports" : "accepts"}: ${line}`, () => assert.equal(holdsSecret(line), secret));
  }

  it("receives our logger's messages at every level", () => {
    const { log } = AzureLogger;
    const level = getLogLevel();
    const heard: unknown[] = [];
    AzureLogger.log = (...parts: unknown[]) => heard.push(parts.join(" "));
    setLogLevel("verbose");
    try {
      createClientLogger("pulumi-acr").verbose("a line");
    } finally {
      AzureLogger.log = log;
      setLogLevel(level);
    }
    assert.equal(heard.length, 1);
  });
});
