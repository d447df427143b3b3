import assert from "node:assert/strict";
import { createPipelineRequest } from "@azure/core-rest-pipeline";
import { describe, it } from "mocha";
import { connections } from "../../../provider/http/connectionPolicy.js";
import { type Exchange, bindExchange } from "../../../provider/http/exchange.js";
import { failureOf } from "../../../provider/http/failure.js";

const PROXY = "proxy.example:8443";

function exchangeTo(url: string, proxy?: string): Exchange {
  return {
    method: "GET",
    url,
    operation: "resolve a:x",
    scopes: undefined,
    expect: [200],
    repeatable: true,
    followRedirect: true,
    redirected: false,
    waitForAccess: true,
    body: undefined,
    signal: new AbortController().signal,
    source: undefined,
    proxy,
    attempts: 1,
    throttledSince: undefined,
    refusedWaitMs: undefined,
    bytes: undefined,
  };
}

const openssl = (reason: string): string =>
  `write EPROTO 0062E1:error:0A00010B:SSL routines:some_function:${reason}:../deps/openssl/x.c:354:`;

describe("the error of a failed TLS handshake", () => {
  const url = "https://r.example/v2/";
  const rows: readonly (readonly [
    code: string,
    text: string,
    proxy: string | undefined,
    RegExp,
  ])[] = [
    [
      "EPROTO",
      openssl("wrong version number"),
      undefined,
      /: r\.example does not answer in TLS: wrong version number \(EPROTO\)\. The port may not speak https/,
    ],
    [
      "EPROTO",
      openssl("packet length too long"),
      PROXY,
      /: r\.example, reached through the proxy proxy\.example:8443, does not answer in TLS: packet length/,
    ],
    [
      "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED",
      openssl("tlsv13 alert certificate required"),
      undefined,
      /: r\.example ended the TLS handshake: tlsv13 alert certificate required \(.*\)\. .*client certificate.*`httpClient`/,
    ],
    [
      "EPROTO",
      openssl("tlsv1 alert protocol version"),
      undefined,
      /: r\.example ended the TLS handshake: tlsv1 alert protocol version \(EPROTO\)\. .*version of TLS/,
    ],
    [
      "EPROTO",
      openssl("sslv3 alert handshake failure"),
      undefined,
      /: r\.example ended the TLS handshake: sslv3 alert handshake failure \(EPROTO\)\. .*client certificate/,
    ],
    [
      "SELF_SIGNED_CERT_IN_CHAIN",
      "self-signed certificate in certificate chain",
      PROXY,
      /: r\.example, reached through the proxy proxy\.example:8443, cannot be trusted: self-signed .*caCertificate/,
    ],
  ];
  for (const [code, text, proxy, message] of rows) {
    it(`${text.split(":")[5] ?? code}${proxy === undefined ? "" : ", through a proxy"}`, () => {
      const error = Object.assign(new Error(text), { code });
      const failure = failureOf(error, exchangeTo(url, proxy));
      assert.match(failure.message, message);
    });
  }
});

describe("a connection without a proxy", () => {
  it("forgets the one that the request before it was sent through", async () => {
    const held = connections({ maxConcurrency: 1, caCertificate: undefined });
    const exchange = exchangeTo("https://127.0.0.1:1/b", PROXY);
    const request = bindExchange(createPipelineRequest({ url: exchange.url }), exchange);
    const failure = new Error("not sent");
    await assert.rejects(
      held.policy.sendRequest(request, () => Promise.reject(failure)),
      failure,
    );
    held.close();
    assert.equal(exchange.proxy, undefined);
  });
});
