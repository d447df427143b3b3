import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { describe, it } from "mocha";

import { type Emulator } from "../../emulator/index.js";
import { TemporaryFolder } from "../support/temporaryFolder.js";
import { sha256, sha512 } from "./content.js";
import { type Received, asAdmin, basic, withEmulator } from "./exchange.js";

/** A request whose body is still on its way; `end` sends the rest. */
function beginSending(emulator: Emulator, method: string, path: string): Sending {
  const headers = { authorization: basic(emulator.credentials), "transfer-encoding": "chunked" };
  const sent = request(emulator.url + path, { method, headers, agent: false });
  const answer = new Promise<Received>((resolve, reject) => {
    sent.on("error", reject).on("response", (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("end", () => {
        const { statusCode: status = 0 } = response;
        resolve({ status, headers: response.headers, body: Buffer.concat(parts) });
      });
    });
  });
  sent.write("half ");
  return {
    end: () => {
      sent.end("whole");
      return answer;
    },
  };
}

interface Sending {
  readonly end: () => Promise<Received>;
}

/** Waits until the upload holds what was sent so far. */
async function arrived(emulator: Emulator, location: string): Promise<void> {
  while ((await asAdmin(emulator, location)).headers.range !== "0-4")
    await new Promise(setImmediate);
}

const whole = "half whole";

describe("an upload that is cancelled while a request is still sending", () => {
  const endings = [
    ["PATCH", () => ""],
    ["PUT", () => `&digest=${sha256(whole)}`],
    ["PUT", () => `&digest=${sha512(whole)}`],
  ] as const;
  for (const [method, query] of endings) {
    it(`is removed, and the ${method} is refused (${query().slice(0, 14)})`, async () => {
      const folder = new TemporaryFolder();
      try {
        await withEmulator({ dataDirectory: folder.path }, async (emulator) => {
          const start = await asAdmin(emulator, "/v2/a/blobs/uploads/", { method: "POST" });
          const location = start.headers.location ?? "";
          const sending = beginSending(emulator, method, `${location}${query()}`);
          await arrived(emulator, location);
          // A second request does not mix its bytes into the upload.
          const second = await asAdmin(emulator, location, { method: "PATCH", body: "x" });
          assert.equal(second.status, 416);
          const cancelled = await asAdmin(emulator, location, { method: "DELETE" });
          assert.equal(cancelled.status, 204);
          const { status, body } = await sending.end();
          assert.equal(status, 404);
          assert.match(body.toString(), /"code":"BLOB_UPLOAD_UNKNOWN"/);
          assert.equal(emulator.openUploads(), 0);
          assert.deepEqual(await readdir(join(folder.path, "blobs", "uploads")), []);
          assert.equal((await asAdmin(emulator, `/v2/a/blobs/${sha256(whole)}`)).status, 404);
        });
      } finally {
        folder.remove();
      }
    });
  }
});
