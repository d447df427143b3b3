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

/**
 * "Retry previous blob chunk" and "Get on stale blob upload" go to the address that opened the upload, not to the newest
 * one. The report has every `_state` blacked out; the program says so (`prevResponse` in conformance/02_push_test.go of
 * opencontainers/distribution-spec v1.1.0).
 */
const outdated = new Set([36, 37]);

/** Sends the recorded requests to an emulator, as the conformance program sent them to the service. */
export class Replay {
  /** The addresses of each recorded upload, in the order in which they were handed out. */
  private readonly uploads = new Map<string, string[]>();
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

  async send({ request, response }: RecordedExchange, session: number): Promise<Received> {
    const body = this.body(request);
    let answer = await exchange(this.emulator.url + this.target(request.path, session), {
      method: request.method,
      agent: this.agent,
      headers: this.headers(request),
      ...(body === undefined ? {} : { body }),
      // The program streams a blob without a Content-Length.
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

  private target(path: string, session: number): string {
    const upload = uploadOf(path);
    if (upload === undefined) return this.translatedPath(path);
    const address = this.uploads.get(upload)?.at(outdated.has(session) ? 0 : -1) ?? "";
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
    this.uploads.set(upload, [...(this.uploads.get(upload) ?? []), location]);
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
