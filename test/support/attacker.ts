import { once } from "node:events";
import {
  createServer as createHttpServer,
  type IncomingHttpHeaders,
  type RequestListener,
  type Server,
} from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { generate } from "selfsigned";

/** Everything that a server learned from one request. */
export interface Recorded {
  readonly method: string;
  readonly url: string;
  readonly authorization: string | undefined;
  readonly cookie: string | undefined;
  readonly headers: IncomingHttpHeaders;
  body: string;
}

/** A server on loopback that records every request. */
export interface RecordingServer {
  readonly origin: string;
  /** Host and port. */
  readonly host: string;
  readonly seen: Recorded[];
  close(): Promise<void>;
}

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** Starts one, over https with a certificate. By default it answers every request with 200. */
export async function recordingServer(
  answer: RequestListener = (_, response) => response.end("attacker"),
  certificate?: Certificate,
): Promise<RecordingServer> {
  const seen: Recorded[] = [];
  const record: RequestListener = (request, response) => {
    const { method = "", url = "", headers } = request;
    const { authorization, cookie } = headers;
    const entry = { method, url, authorization, cookie, headers, body: "" };
    seen.push(entry);
    request.on(
      "data",
      (chunk: Buffer) => (entry.body += chunk.toString("latin1").slice(0, 10_000)),
    );
    request.on("error", () => response.destroy());
    answer(request, response);
  };
  const server =
    certificate === undefined ? createHttpServer(record) : createHttpsServer(certificate, record);
  const close = closing(server);
  // The client decides how long connections last.
  server.keepAliveTimeout = 0;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { origin: `${certificate ? "https" : "http"}://${host}`, host, seen, close };
}

/** Cuts open connections, because a deceived client may wait for ever. */
function closing(server: Server): () => Promise<void> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
  };
  server.on("connection", keep);
  return async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  };
}

const HOSTS = ["127.0.0.1", "localhost", "registry.example", "storage.example"];
let made: Promise<Certificate> | undefined;

/** One certificate for all servers of a run; it is its own authority. */
export function certificate(): Promise<Certificate> {
  return (made ??= make());
}

async function make(): Promise<Certificate> {
  const altNames = HOSTS.map((host) =>
    /^\d/.test(host) ? { type: 7 as const, ip: host } : { type: 2 as const, value: host },
  );
  const { private: key, cert } = await generate([{ name: "commonName", value: "attacker" }], {
    keyType: "ec",
    algorithm: "sha256",
    extensions: [
      { name: "basicConstraints", cA: true },
      { name: "subjectAltName", altNames },
    ],
  });
  return { key, cert };
}
