import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { describe, it } from "mocha";
import { cutConnection } from "../../emulator/http/cutConnection.js";

describe("cutConnection", () => {
  /** Cuts the server's end of a connection in this state; returns what the client noticed. */
  async function cut(prepare: (socket: Socket) => unknown): Promise<string> {
    const server = createServer({ allowHalfOpen: true });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const accepted = once(server, "connection") as Promise<[Socket]>;
    const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
    const noticed = new Promise<string>((resolve) => {
      client.on("error", ({ message }) => resolve(message));
      client.on("close", () => resolve("closed"));
    });
    client.resume();
    const [socket] = await accepted;
    socket.on("error", (error) => assert.fail(error));
    prepare(socket);
    cutConnection(socket);
    await Promise.all([once(socket, "close"), noticed]);
    server.close();
    await once(server, "close");
    return noticed;
  }

  it("resets an open connection", async () => {
    assert.match(await cut(() => undefined), /ECONNRESET/);
  });

  it("closes a connection that is being ended, which Node could not reset and would keep open", async () => {
    assert.equal(await cut((socket) => socket.end()), "closed");
  });
});
