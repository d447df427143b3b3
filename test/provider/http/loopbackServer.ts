import { once } from "node:events";
import { type IncomingHttpHeaders, type RequestListener, createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";

export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Bytes of the body that arrived, and whether it was complete. */
  bytes: number;
  complete: boolean;
}

/** A server on loopback that records every request. */
export interface LoopbackServer {
  readonly origin: string;
  readonly seen: Seen[];
  readonly connections: number;
  close(): Promise<void>;
}

export async function loopbackServer(answer: RequestListener): Promise<LoopbackServer> {
  const seen: Seen[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((request, response) => {
    const entry: Seen = {
      method: request.method ?? "",
      url: request.url ?? "",
      headers: request.headers,
      bytes: 0,
      complete: false,
    };
    seen.push(entry);
    request.on("data", (chunk: Buffer) => (entry.bytes += chunk.length));
    request.on("end", () => (entry.complete = true));
    request.on("error", () => (entry.complete = false));
    answer(request, response);
  });
  server.on("connection", (socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    get connections() {
      return connections;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
