import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { RegistryError, type AcrErrorCode } from "../../../provider/errors.js";
import type {
  RegistryRequest,
  RegistryResponse,
  Transport,
} from "../../../provider/http/transport.js";

export interface Recorded extends RegistryRequest {
  /** All bytes of the body, read once. */
  readonly sent: Buffer;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | (() => Readable);
}

/** Marks of an answer that comes from ACR, and from any other registry. */
export const ACR = {
  "x-ms-correlation-request-id": "1",
  "docker-distribution-api-version": "registry/2.0",
} as const;
export const OTHER = { "docker-distribution-api-version": "registry/2.0" } as const;
export const ABSENT: Reply = {
  status: 404,
  headers: { ...ACR, "content-type": "application/json" },
};

/** The error of a transport for an unexpected answer. */
export function refusal(
  code: AcrErrorCode,
  status: number | undefined,
  ...codes: readonly string[]
): RegistryError {
  const diagnostics = codes.map((name) => ({ code: name, message: name }));
  return new RegistryError(code, `${code} ${status}`, {
    method: "GET",
    url: "https://r.example",
    status,
    diagnostics,
  });
}

/** Answers requests by a function and records them. */
export class FakeTransport implements Transport {
  readonly loginServer = "r.example";
  readonly origin = "https://r.example";
  readonly requests: Recorded[] = [];
  readonly #answer: (request: Recorded, count: number) => Reply | Promise<Reply>;

  constructor(answer: (request: Recorded, count: number) => Reply | Promise<Reply>) {
    this.#answer = answer;
  }

  /** One reply or error for each request, in order. */
  static script(...replies: readonly (Reply | Error)[]): FakeTransport {
    return new FakeTransport((_request, count) => {
      const reply = replies[count];
      if (reply === undefined) throw new Error(`request ${count + 1} was not expected`);
      if (reply instanceof Error) throw reply;
      return reply;
    });
  }

  /** Method and path of each request, without query. */
  get journal(): readonly string[] {
    return this.requests.map(({ method, path }) => `${method} ${path.split("?")[0]}`);
  }

  get methods(): string {
    return this.requests.map(({ method }) => method).join(" ");
  }

  async send(request: RegistryRequest): Promise<RegistryResponse> {
    const { body } = request;
    const sent =
      body === undefined
        ? Buffer.alloc(0)
        : body instanceof Uint8Array
          ? Buffer.from(body)
          : await buffer(await body.open());
    const recorded = { ...request, sent };
    this.requests.push(recorded);
    const reply = await this.#answer(recorded, this.requests.length - 1);
    if (!request.expect.includes(reply.status)) throw refusal("REJECTED", reply.status);
    return new FakeResponse(reply);
  }
}

class FakeResponse implements RegistryResponse {
  readonly #reply: Reply;

  constructor(reply: Reply) {
    this.#reply = reply;
  }

  get status(): number {
    return this.#reply.status;
  }

  header(name: string): string | undefined {
    return this.#reply.headers?.[name];
  }

  stream(): Readable {
    const { body = "" } = this.#reply;
    if (typeof body === "function") return body();
    return Readable.from([Buffer.from(body)], { objectMode: false });
  }

  bytes(): Promise<Uint8Array> {
    return buffer(this.stream());
  }

  discard(): Promise<void> {
    return Promise.resolve();
  }
}
