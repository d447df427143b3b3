import { Agent } from "node:http";

import type { Emulator } from "../../../emulator/index.js";
import { type Received, basic, exchange } from "../exchange.js";
import {
  type RecordedContent,
  bodySize,
  digestParameter,
  manifestBody,
  uploadOf,
} from "./content.js";
import type { RecordedExchange, Session } from "./recording.js";

type RecordedRequest = RecordedExchange["request"];

/** Sends the recorded requests to an emulator, as the conformance program sent them to the service. */
export class Replay {
  /** The newest address of each recorded upload. */
  private readonly uploads = new Map<string, string>();
  /** How much of each recorded upload was sent. */
  private readonly sent = new Map<string, number>();
  /** The program kept its connections. */
  private readonly agent = new Agent({ keepAlive: true });
  private token = "";

  constructor(
    private readonly emulator: Emulator,
    private readonly content: RecordedContent,
    /** The digest that each recorded upload ended with. */
    private readonly endings: ReadonlyMap<string, string>,
  ) {}

  async send({ request, response }: RecordedExchange): Promise<Received> {
    const body = this.body(request);
    let answer = await exchange(this.emulator.url + this.target(request.path), {
      method: request.method,
      agent: this.agent,
      headers: this.headers(request),
      ...(body === undefined ? {} : { body }),
      // The program streams a blob whose length it does not tell.
      chunked: request.method === "PATCH" && request.headers["Content-Length"] === undefined,
    });
    this.learn(request, response.headers, answer, body?.length ?? 0);
    // The recorded client followed redirects; the report has only what storage answered.
    if (answer.status === 307) {
      answer = await exchange(answer.headers.location ?? "", { agent: this.agent });
    }
    return answer;
  }

  close(): void {
    this.agent.destroy();
  }

  private target(path: string): string {
    const upload = uploadOf(path);
    if (upload === undefined) return this.translatedPath(path);
    const address = this.uploads.get(upload) ?? "";
    const digest = digestParameter(path);
    if (digest === undefined) return address;
    return `${address}&digest=${encodeURIComponent(this.content.translate(digest))}`;
  }

  private translatedPath(path: string): string {
    const colons = path.replaceAll("sha256%3A", "sha256:");
    return this.content.translate(colons).replaceAll("ociconformancetest.azurecr.io", this.host);
  }

  private get host(): string {
    return encodeURIComponent(this.emulator.loginServer);
  }

  private headers(request: RecordedRequest): Record<string, string> {
    const recorded = Object.entries(request.headers).filter(([name]) => name !== "Content-Length");
    const { Authorization, ...rest } = Object.fromEntries(recorded);
    if (Authorization === undefined) return rest;
    const credential = Authorization.startsWith("Basic ")
      ? basic(this.emulator.credentials)
      : `Bearer ${this.token}`;
    return { ...rest, authorization: credential };
  }

  private body({ method, path, body }: RecordedRequest): Buffer | undefined {
    const manifest = manifestBody(body);
    if (manifest !== undefined) return this.content.translatedBytes(manifest);
    const size = bodySize(body);
    if (size === 0) return method === "GET" || method === "HEAD" ? undefined : Buffer.alloc(0);
    const upload = uploadOf(path) ?? "";
    const digest = digestParameter(path) ?? this.endings.get(upload);
    if (digest === undefined) return Buffer.alloc(size, "never finished");
    const start = this.sent.get(upload) ?? 0;
    const bytes = this.content.bytes(digest).subarray(start, start + size);
    return bytes.length === size ? bytes : Buffer.alloc(size, "sent before");
  }

  private learn(
    { path }: RecordedRequest,
    recorded: RecordedExchange["response"]["headers"],
    answer: Received,
    sent: number,
  ): void {
    if (path.startsWith("/oauth2/token") && answer.status === 200) {
      this.token = (JSON.parse(answer.body.toString()) as { access_token: string }).access_token;
    }
    const upload = recorded["Docker-Upload-Uuid"];
    const { location } = answer.headers;
    if (upload === undefined || location === undefined) return;
    this.uploads.set(upload, location);
    if (answer.status === 202) this.sent.set(upload, (this.sent.get(upload) ?? 0) + sent);
  }
}

export function endingsOf(sessions: readonly Session[]): Map<string, string> {
  const endings = new Map<string, string>();
  for (const { request, response } of sessions.flatMap((session) => session.exchanges)) {
    const [upload, digest] = [uploadOf(request.path), digestParameter(request.path)];
    if (upload !== undefined && digest !== undefined && response.status === 201) {
      endings.set(upload, digest);
    }
  }
  return endings;
}
