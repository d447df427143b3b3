import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, it } from "mocha";

import { content, imageManifest, layer, ociManifest, pushBlob } from "./content.js";
import { asAdmin, basic, withEmulator } from "./exchange.js";

const pushes = 200;

describe("the emulator under load", () => {
  it(`takes ${String(pushes)} pushes at once, each of an image of its own`, () =>
    withEmulator({}, async (emulator) => {
      const push = async (number: number): Promise<void> => {
        const repository = `load/r${String(number % 20)}`;
        const config = content(JSON.stringify({ number, id: randomUUID() }));
        const image = imageManifest({
          config: { mediaType: "application/x", digest: config.digest, size: config.text.length },
        });
        await Promise.all([
          pushBlob(emulator, repository, config),
          pushBlob(emulator, repository, layer),
        ]);
        const path = `/v2/${repository}/manifests/v${String(number)}`;
        const headers = { "content-type": ociManifest };
        const { status } = await asAdmin(emulator, path, {
          method: "PUT",
          headers,
          body: image.text,
        });
        assert.equal(status, 201);
      };
      await Promise.all(Array.from({ length: pushes }, (_, number) => push(number)));
      let tags = 0;
      for (let repository = 0; repository < 20; repository += 1) {
        const { body } = await asAdmin(emulator, `/v2/load/r${String(repository)}/tags/list`);
        tags += (JSON.parse(body.toString()) as { tags: string[] }).tags.length;
      }
      assert.equal(tags, pushes);
      assert.equal(emulator.openUploads(), 0);
    })).timeout(30_000);

  // 2 GiB take six to fifteen seconds; the memory is the same from 256 MiB on.
  const mebibytes = process.env["CI"] === "true" ? 2048 : 512;

  it(`holds its memory while ${String(mebibytes)} MiB pass through`, async () => {
    const child = spawn(process.execPath, ["-e", emulatorProgram], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    try {
      const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
      const { value } = await lines.next();
      const emulator = JSON.parse(String(value)) as Started;
      const before = await residentMemory(child, lines);
      await upload(emulator, mebibytes);
      const grown = (await residentMemory(child, lines)) - before;
      assert.ok(grown < 160, `grew by ${String(Math.round(grown))} MiB`);
    } finally {
      child.stdin.end();
      await once(child, "exit");
    }
  }).timeout(120_000);
});

interface Started {
  readonly url: string;
  readonly credentials: { readonly username: string; readonly password: string };
}

/** An emulator in a separate process that prints its peak memory for each line of its input. */
const emulatorProgram = `
  const { peakMib } = require(${JSON.stringify(join(__dirname, "..", "support", "peakMemory.js"))});
  const { startEmulator } = require(${JSON.stringify(join(__dirname, "..", "..", "emulator", "index.js"))});
  startEmulator().then((emulator) => {
    console.log(JSON.stringify({ url: emulator.url, credentials: emulator.credentials }));
    process.stdin.on("data", () => console.log(peakMib()));
    process.stdin.on("end", () => emulator.close());
  });`;

async function residentMemory(child: ChildProcess, lines: AsyncIterator<string>): Promise<number> {
  child.stdin?.write("memory?\n");
  return Number((await lines.next()).value);
}

/** One upload in chunks of 16 MiB. It is cancelled at the end, when all bytes have arrived. */
async function upload({ url, credentials }: Started, mebibytes: number): Promise<void> {
  const agent = new Agent({ keepAlive: true });
  const piece = Buffer.alloc(1024 * 1024, "x");
  const send = async (method: string, path: string, pieces: number): Promise<IncomingMessage> => {
    const sending = request(url + path, {
      method,
      agent,
      headers: { authorization: basic(credentials), "content-length": pieces * piece.length },
    });
    const answered = once(sending, "response") as Promise<[IncomingMessage]>;
    for (let sent = 0; sent < pieces; sent += 1) {
      if (!sending.write(piece)) await once(sending, "drain");
    }
    sending.end();
    const [answer] = await answered;
    answer.resume();
    return answer;
  };
  let answer = await send("POST", "/v2/a/blobs/uploads/", 0);
  for (let sent = 0; sent < mebibytes; sent += 16) {
    answer = await send("PATCH", answer.headers.location ?? "", 16);
    assert.equal(answer.statusCode, 202);
  }
  assert.equal((await send("DELETE", answer.headers.location ?? "", 0)).statusCode, 204);
  agent.destroy();
}
