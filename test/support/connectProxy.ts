import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";

/** What a proxy does with a request for a tunnel instead of making one. */
export interface ProxyFault {
  /** Answers with this status. */
  readonly refuse?: number | undefined;
  /** Never answers. */
  readonly silent?: boolean;
}

/** A proxy that records requests for tunnels and leads every name to one port of this machine. */
export class ConnectProxy {
  readonly seen: { readonly target: string; readonly authorization: string | undefined }[] = [];
  readonly #server: Server = createServer((_, response) => response.writeHead(502).end());
  readonly #sockets = new Set<Socket>();
  readonly #clients = new Set<Socket>();

  /** Open connections of clients. */
  get open(): number {
    return this.#clients.size;
  }

  async start(port: number, { refuse, silent = false }: ProxyFault = {}): Promise<string> {
    this.#server.on("connect", (request, socket: Socket) => {
      const { "proxy-authorization": authorization } = request.headers;
      this.seen.push({ target: request.url ?? "", authorization });
      this.#clients.add(this.#keep(socket));
      socket.on("end", () => socket.destroy()).on("close", () => this.#clients.delete(socket));
      if (silent) return void socket.resume();
      if (refuse !== undefined) {
        return void socket.end(`HTTP/1.1 ${refuse} No\r\nContent-Length: 0\r\n\r\n`);
      }
      const through = this.#keep(connect(port, "127.0.0.1"));
      through.once("connect", () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        through.pipe(socket).pipe(through);
      });
    });
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #keep(socket: Socket): Socket {
    this.#sockets.add(socket);
    socket.on("error", () => socket.destroy());
    return socket;
  }
}
