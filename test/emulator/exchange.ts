import { type Agent, type IncomingHttpHeaders, request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";

import { type Emulator, type EmulatorOptions, startEmulator } from "../../emulator/index.js";

/** An answer as received. */
export interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Omits Content-Length. */
  readonly chunked?: boolean;
  readonly ca?: string;
  readonly signal?: AbortSignal;
  /** Without an agent, each request has its own connection. */
  readonly agent?: Agent;
}

/** Sends one request without added headers and without following redirects. */
export function exchange(url: string, sent: Sent = {}): Promise<Received> {
  const body = sent.body === undefined ? undefined : Buffer.from(sent.body);
  const length =
    sent.chunked === true
      ? { "transfer-encoding": "chunked" }
      : { "content-length": String(body?.length) };
  const options = {
    method: sent.method ?? "GET",
    headers: { ...(body === undefined ? {} : length), ...sent.headers },
    agent: sent.agent ?? (false as const),
    ...(sent.ca === undefined ? {} : { ca: sent.ca }),
    ...(sent.signal === undefined ? {} : { signal: sent.signal }),
  };
  return new Promise((resolve, reject) => {
    const request = (url.startsWith("https:") ? httpsRequest : httpRequest)(
      url,
      options,
      (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("error", reject);
        response.on("end", () => {
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(parts),
          });
        });
      },
    );
    request.on("error", reject);
    request.end(body);
  });
}

export function basic({ username, password }: Emulator["credentials"]): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

/** A request to the registry as its admin user. */
export function asAdmin(emulator: Emulator, path: string, sent: Sent = {}): Promise<Received> {
  const authorization = basic(emulator.credentials);
  return exchange(emulator.url + path, {
    ...(emulator.caCertificate === undefined ? {} : { ca: emulator.caCertificate }),
    ...sent,
    headers: { authorization, ...sent.headers },
  });
}

export async function withEmulator(
  options: EmulatorOptions,
  work: (emulator: Emulator) => Promise<void>,
): Promise<void> {
  const emulator = await startEmulator(options);
  try {
    await work(emulator);
  } finally {
    await emulator.close();
  }
}
