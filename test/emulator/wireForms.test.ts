import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { describe, it } from "mocha";

import type { Emulator } from "../../emulator/index.js";
import { asAdmin, basic, withEmulator } from "./exchange.js";

/** Sends raw bytes; returns the answer up to the end of the connection. */
async function answerTo(emulator: Emulator, head: string): Promise<string> {
  const socket = connect(Number(new URL(emulator.url).port), "127.0.0.1");
  let answer = "";
  socket.on("data", (part: Buffer) => (answer += part.toString("latin1")));
  socket.write(`${head}\r\nAuthorization: ${basic(emulator.credentials)}\r\n\r\n`);
  await once(socket, "close");
  return answer;
}

describe("the emulator, spoken to", () => {
  const forms: Readonly<Record<string, string>> = {
    "as a proxy is": "GET http://registry.example/v2/ HTTP/1.1\r\nHost: x\r\nConnection: close",
    "in HTTP/1.0": "GET /v2/ HTTP/1.0",
    "with an offer of HTTP/2":
      "GET /v2/ HTTP/1.1\r\nHost: x\r\nConnection: close, Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAA",
  };
  for (const [how, head] of Object.entries(forms)) {
    it(`${how}, answers`, () =>
      withEmulator({}, async (emulator) => {
        assert.match(
          await answerTo(emulator, head),
          /^HTTP\/1\.1 200 OK\r\n(?:.|\r\n)*\r\n\r\n\{\}$/,
        );
      }));
  }

  it("answers 500 if an answer cannot be written", () =>
    withEmulator({}, async (emulator) => {
      const headers = { "X-Bad": "a\nb" };
      emulator.faults.add({ action: { type: "status", status: 200, headers } });
      const { status, body } = await asAdmin(emulator, "/v2/");
      assert.equal(status, 500);
      assert.match(body.toString(), /emulator: .*X-Bad/);
      assert.equal(emulator.journal.entries[0]?.status, 500);
      assert.equal((await asAdmin(emulator, "/v2/")).status, 200);
    }));
});
