import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { type IncomingMessage, get } from "node:http";
import { type Socket, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { describe, it } from "mocha";

import { type Emulator, startEmulator } from "../../emulator/index.js";
import { sha256 } from "./content.js";
import { asAdmin } from "./exchange.js";

/** More than the buffers of two sockets hold, so that a stopped reader blocks the writer. */
const size = 32 * 1024 * 1024;

async function blobAddress(emulator: Emulator): Promise<URL> {
  const body = randomBytes(size);
  const path = `/v2/a/blobs/uploads/?digest=${sha256(body)}`;
  const { headers } = await asAdmin(emulator, path, { method: "POST", body });
  return new URL((await asAdmin(emulator, headers.location ?? "")).headers.location ?? "");
}

async function read(url: URL): Promise<IncomingMessage> {
  const request = get(url, { agent: false });
  request.on("error", () => undefined);
  const [answer] = (await once(request, "response")) as [IncomingMessage];
  answer.on("error", () => undefined);
  await once(answer, "readable");
  return answer;
}

/** Unlike `once`, ignores an error event meanwhile. */
function closed(stream: IncomingMessage): Promise<void> {
  return new Promise((resolve) => stream.once("close", resolve));
}

async function connectTo(url: string | URL): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on("error", () => undefined);
  await once(socket, "connect");
  return socket;
}

/** Requests that may be under way while the emulator closes; each returns what stays open. */
const underWay: Readonly<Record<string, (emulator: Emulator) => Promise<Readable | undefined>>> = {
  "a blob read that was dropped half way": async (emulator) => {
    const answer = await read(await blobAddress(emulator));
    answer.destroy();
    await closed(answer);
    return undefined;
  },
  "a blob read that was reset half way": async (emulator) => {
    const answer = await read(await blobAddress(emulator));
    answer.socket.resetAndDestroy();
    await closed(answer);
    return undefined;
  },
  "a blob read that nobody takes any further": async (emulator) =>
    read(await blobAddress(emulator)),
  "two blob reads over one connection, dropped during the first": async (emulator) => {
    const url = await blobAddress(emulator);
    const socket = await connectTo(url);
    const request = `GET ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\n\r\n`;
    socket.write(request + request);
    await once(socket, "readable");
    socket.destroy();
    await once(socket, "close");
    return undefined;
  },
  "an upload that was dropped half way": async (emulator) => {
    const socket = await connectTo(emulator.url);
    const { username, password } = emulator.credentials;
    const basic = Buffer.from(`${username}:${password}`).toString("base64");
    const head = `POST /v2/a/blobs/uploads/?digest=${sha256("x")} HTTP/1.1\r\nHost: x\r\n`;
    socket.write(`${head}Authorization: Basic ${basic}\r\nContent-Length: 10\r\n\r\nhalf`);
    while (emulator.openUploads() === 0) await new Promise(setImmediate);
    socket.destroy();
    await once(socket, "close");
    return undefined;
  },
};

async function temporaryFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "acr-emulator-test-"));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

describe("closing the emulator", () => {
  for (const [what, begin] of Object.entries(underWay)) {
    it(`ends after ${what}`, async () => {
      const emulator = await startEmulator();
      const open = await begin(emulator);
      await emulator.close();
      open?.destroy();
    });
  }

  it("ends despite a connection whose TLS handshake never comes", async () => {
    const emulator = await startEmulator({ tls: true });
    const socket = await connectTo(emulator.url);
    await emulator.close();
    socket.destroy();
  });

  it("happens when a program ends without closing it: no folder remains", () =>
    temporaryFolder(async (folder) => {
      const emulatorModule = join(__dirname, "..", "..", "emulator", "index.js");
      const program = `require(${JSON.stringify(emulatorModule)}).startEmulator().then(() => process.exit(3))`;
      const child = spawn(process.execPath, ["-e", program], {
        env: { ...process.env, TMPDIR: folder },
        stdio: "ignore",
      });
      assert.deepEqual(await once(child, "exit"), [3, null]);
      assert.ok(existsSync(folder));
      assert.deepEqual(await readdir(folder), []);
    }));
});
