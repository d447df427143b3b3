import { type RequestListener, createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo, Server as NetServer, Socket } from "node:net";

import type { Certificate } from "./certificate.js";
import { type ListenerParts, serve } from "./listener.js";

/** A listening server. */
export interface RunningServer {
  readonly port: number;
  /** `host:port`, with brackets around an IPv6 address. */
  readonly authority: string;
  readonly origin: string;
  /** Cuts all connections and waits for the running handlers. */
  close(): Promise<void>;
}

export interface ServerOptions {
  /** Address to listen on. */
  readonly host: string;
  /** Host name for clients. */
  readonly name: string;
  readonly port: number;
  readonly certificate: Certificate | undefined;
  readonly parts: ListenerParts;
}

/**
 * Connections waiting to be accepted. With Node's 511, some of thousands at the same time would be lost.
 */
const backlog = 4096;

export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { host, name, certificate, parts } = options;
  const running = new Set<Promise<void>>();
  const listener: RequestListener = (incoming, response) => {
    // A connection that breaks while its answer is written must not end the process.
    const { socket } = incoming;
    const done = serve(parts, incoming, response).catch(() => {
      // The socket is destroyed instead of the request: once that has been read, destroying it would not
      // close the connection, and the client would wait forever.
      socket.destroy();
    });
    running.add(done);
    void done.finally(() => running.delete(done));
  };
  // Idle connections stay open for long, as with the service's front end. Slow uploads must not time out.
  const timers = { keepAliveTimeout: 120_000, requestTimeout: 0 };
  const server =
    certificate === undefined
      ? createHttpServer(timers, listener)
      : createHttpsServer({ ...timers, ...certificate.server }, listener);
  const connections = trackConnections(server);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => {
      reject(listenFailure(error, `${host}:${String(options.port)}`));
    });
    server.listen({ port: options.port, host, backlog }, () => {
      server.removeAllListeners("error");
      resolve();
    });
  });
  const { port } = server.address() as AddressInfo;
  const authority = `${name.includes(":") ? `[${name}]` : name}:${String(port)}`;
  return {
    port,
    authority,
    origin: `${certificate === undefined ? "http" : "https"}://${authority}`,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const connection of connections) connection.destroy();
      await closed;
      await Promise.all(running);
    },
  };
}

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: "something else listens there. Give another port, or none for a free one",
  EACCES: "this user may not. Give a port of 1024 or more, or none for a free one",
  EADDRNOTAVAIL: "this machine has no such address",
  ENOTFOUND: "there is no such host",
};

function listenFailure(error: Error, place: string): Error {
  const code = "code" in error ? String(error.code) : "";
  const reason = reasons[code] ?? error.message;
  const message = `Listening on ${place} failed: ${reason} (${code}).`;
  return Object.assign(new Error(message, { cause: error }), { code });
}

/**
 * Tracks all connections, including those whose TLS handshake never ends, which `closeAllConnections`
 * does not know.
 */
function trackConnections(server: NetServer): ReadonlySet<Socket> {
  const connections = new Set<Socket>();
  server.on("connection", (connection: Socket) => {
    connections.add(connection);
    connection.once("close", () => connections.delete(connection));
  });
  return connections;
}
