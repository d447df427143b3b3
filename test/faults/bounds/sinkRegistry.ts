import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";

const NOT_FOUND = JSON.stringify({ errors: [{ code: "BLOB_UNKNOWN", message: "no such blob" }] });

/** A registry that counts and discards uploads, and lists any number of tags. */
export class SinkRegistry {
  /** Bytes of upload bodies. */
  received = 0;
  /** The same count when the last upload began. */
  #before = 0;

  private constructor(
    private readonly server: Server,
    private readonly tags: number,
  ) {}

  static async start({ tags = 0 } = {}): Promise<SinkRegistry> {
    const server = createServer();
    const sink = new SinkRegistry(server, tags);
    server.on("request", (request: IncomingMessage, response: ServerResponse) => {
      sink.#answer(request, response);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return sink;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, "close");
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { method = "", url = "" } = request;
    const isUpload = url.includes("/blobs/uploads/");
    if (method === "POST" && isUpload) this.#before = this.received;
    request.on("data", (chunk: Buffer) => (this.received += isUpload ? chunk.length : 0));
    request.on("end", () => {
      if (url.startsWith("/oauth2/")) sendJson(response, '{"access_token":"e30.e30.c2ln"}');
      else if (url.startsWith("/acr/v1/")) this.#listTags(new URL(url, this.url), response);
      else if (method === "HEAD") sendJson(response, NOT_FOUND, 404);
      else this.#upload(new URL(url, this.url), response);
    });
  }

  #upload({ searchParams }: URL, response: ServerResponse): void {
    const digest = searchParams.get("digest");
    if (digest !== null) {
      response.writeHead(201, { "docker-content-digest": digest, location: "/v2/x" }).end();
      return;
    }
    const location = "/v2/large/file/blobs/uploads/1?_state=s";
    const range = `0-${Math.max(0, this.received - this.#before - 1)}`;
    response.writeHead(202, { location, range, "docker-upload-uuid": "1" }).end();
  }

  #listTags({ searchParams }: URL, response: ServerResponse): void {
    const first = Number(searchParams.get("last")?.slice(1) ?? 0);
    const last = Math.min(first + 1_000, this.tags);
    const attributes = {
      deleteEnabled: true,
      writeEnabled: true,
      readEnabled: true,
      listEnabled: true,
    };
    const time = "2026-01-01T00:00:00.0000000Z";
    const tags = Array.from({ length: last - first }, (_, index) => ({
      name: `v${String(first + index + 1).padStart(6, "0")}`,
      digest: `sha256:${String(first + index).padStart(64, "0")}`,
      createdTime: time,
      lastUpdateTime: time,
      signed: false,
      changeableAttributes: attributes,
    }));
    const next = `</acr/v1/many/tags/_tags?last=${tags.at(-1)?.name}&n=1000>; rel="next"`;
    const headers: Record<string, string> = last < this.tags ? { link: next } : {};
    const body = { registry: "sink", imageName: "many/tags", tags };
    sendJson(response, JSON.stringify(body), 200, headers);
  }
}

function sendJson(
  response: ServerResponse,
  body: string,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(body);
}
