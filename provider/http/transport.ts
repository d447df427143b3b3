import type { Readable } from "node:stream";
import type { Scope } from "../auth/scope.js";

/** A request body that can be sent again: bytes in memory, or a function that opens them again. */
export type RequestBody =
  | Uint8Array
  | {
      /** Exact length in bytes. Sent as Content-Length, and enforced. */
      readonly size: number;
      /**
       * Called before the request takes a slot, so that opening may need requests to the same registry.
       * Asking for the next chunk ends the use of the one before: they may share memory.
       */
      open(): AsyncIterable<Uint8Array> | Promise<AsyncIterable<Uint8Array>>;
      readonly onProgress?: (sentBytes: number) => void;
    };

export interface RegistryRequest {
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Path and query below the registry's origin, from `registry/urls`. */
  readonly path: string;
  /**
   * The permissions that the operation needs. The token is requested with them from the start, which
   * avoids a 401.
   */
  readonly scopes: readonly Scope[];
  /** What we are doing, for errors: "push blob sha256:… to charts/web". */
  readonly operation: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: RequestBody;
  /** The statuses that the caller expects; every other one becomes a RegistryError. */
  readonly expect: readonly number[];
  /**
   * `true`: may be sent again after any transient failure. `false`: only after a failure that proves that
   * the registry did not process it (429, 503, refused connection); the caller restarts its upload
   * session instead.
   */
  readonly repeatable: boolean;
  /** Follow a redirect to blob storage (blob GET only), without credentials. */
  readonly followRedirect?: boolean;
  /**
   * `false`: report a refusal (401, 403) at once, because the caller handles it. Default: the transport's
   * `waitForAccess` applies.
   */
  readonly waitForAccess?: boolean | undefined;
  readonly signal?: AbortSignal;
}

/** An answer whose body has not been read. One of `bytes`, `stream` or `discard` must be called. */
export interface RegistryResponse {
  readonly status: number;
  header(name: string): string | undefined;
  /** The whole body. More than `limit` bytes are an error, and are not read. */
  bytes(limit: number): Promise<Uint8Array>;
  stream(): Readable;
  /** Gives up the body and releases the connection. */
  discard(): Promise<void>;
}

/** Sends requests to one registry; handles authorization, retries, rate limits and errors. */
export interface Transport {
  readonly loginServer: string;
  readonly origin: string;
  /** Aborted when the transport is closed, for work that waits outside of a request. */
  readonly closing?: AbortSignal;
  send(request: RegistryRequest): Promise<RegistryResponse>;
}
