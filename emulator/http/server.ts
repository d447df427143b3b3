import { type RequestListener, createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo, Server as NetServer, Socket } from "node:net";

import type { Certificate } from "./certificate.js";
import { type ListenerParts, serve } from "./listener.js";

/** A server that listens. */
export interface RunningServer {
  readonly port: number;
  /** `host:port`, with brackets around an IPv6 address. */
  readonly authority: string;
  readonly origin: string;
  /** Cuts every connection and waits until no handler runs any more. */
  close(): Promise<void>;
}

export interface ServerOptions {
  /** Address to listen on. */
  readonly host: string;
  /** Host name that clients are given. */
  readonly name: string;
  readonly port: number;
  readonly certificate: Certificate | undefined;
  readonly parts: ListenerParts;
}

/** Connections that may wait to be taken; with Node's 511, thousands at once would lose some. */
const backlog = 4096;

export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { host, name, certificate, parts } = options;
  const running = new Set<Promise<void>>();
  const listener: RequestListener = (incoming, response) => {
    // A connection that dies while its answer is written is the client's business, not a crash of ours.
    const { socket } = incoming;
    const done = serve(parts, incoming, response).catch(() => {
      // Not the request: once that has been read, its end is not the connection's, and the client would wait for ever.
      socket.destroy();
    });
    running.add(done);
    void done.finally(() => running.delete(done));
  };
  // Idle connections live long, as behind the service's front end; a slow upload must never run into a timer.
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

/** Every connection, also one whose TLS handshake never ends: `closeAllConnections` does not know that. */
function trackConnections(server: NetServer): ReadonlySet<Socket> {
  const connections = new Set<Socket>();
  server.on("connection", (connection: Socket) => {
    connections.add(connection);
    connection.once("close", () => connections.delete(connection));
  });
  return connections;
}
