import type { Readable } from "node:stream";
import type { Scope } from "../auth/scope.js";

/** A request body that can be sent again: bytes in memory, or a way to open them anew. */
export type RequestBody =
  | Uint8Array
  | {
      /** Exact length in bytes; sent as Content-Length, and enforced. */
      readonly size: number;
      /**
       * Called before the request takes its turn, so that it may need requests itself, to the same registry
       * too. Whoever asks for the next chunk is done with the one before: they may share memory.
       */
      open(): AsyncIterable<Uint8Array> | Promise<AsyncIterable<Uint8Array>>;
      readonly onProgress?: (sentBytes: number) => void;
    };

export interface RegistryRequest {
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Path and query below the registry's origin, as `registry/urls` builds them. */
  readonly path: string;
  /** What the operation needs; asked for up front, so that no 401 is wasted. */
  readonly scopes: readonly Scope[];
  /** What we are doing, for errors: "push blob sha256:… to charts/web". */
  readonly operation: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: RequestBody;
  /** Statuses that are answers; every other one becomes a RegistryError. */
  readonly expect: readonly number[];
  /**
   * `true`: may be sent again after any transient failure. `false`: only after a failure that proves
   * that the registry has not taken it (429, 503, refused connection); the caller restarts its session.
   */
  readonly repeatable: boolean;
  /** Follow a redirect to blob storage (blob GET only), without credentials. */
  readonly followRedirect?: boolean;
  /**
   * `false`: a refusal (401, 403) is an answer that the caller has a plan for, and is told at once.
   * Default: the transport's `waitForAccess` applies.
   */
  readonly waitForAccess?: boolean | undefined;
  readonly signal?: AbortSignal;
}

/** An answer whose body has not been read yet. One of `bytes`, `stream` or `discard` must be called. */
export interface RegistryResponse {
  readonly status: number;
  header(name: string): string | undefined;
  /** The body in memory; more than `limit` bytes are an error, and are not read. */
  bytes(limit: number): Promise<Uint8Array>;
  stream(): Readable;
  /** Lets go of the connection. */
  discard(): Promise<void>;
}

/** Sends requests to one registry: authorization, retries, the rate limiter and errors are behind it. */
export interface Transport {
  readonly loginServer: string;
  readonly origin: string;
  /** Aborted when it is closed: what waits outside of a request ends by it. */
  readonly closing?: AbortSignal;
  send(request: RegistryRequest): Promise<RegistryResponse>;
}
