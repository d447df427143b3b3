/**
 * Sends a request for a token. `http/` provides the function, so that these requests pass through the
 * same limits, retries and log as all others, and `auth/` need not import `http/`.
 */
export type AuthSend = (request: AuthRequest) => Promise<AuthAnswer>;

export interface AuthRequest {
  readonly method: "GET" | "POST";
  /** Path and query below the registry's own origin; no other origin can be addressed. */
  readonly path: string;
  /** What the request is for, as errors say it. */
  readonly operation: string;
  /** Value of the `Authorization` header. */
  readonly authorization?: string;
  readonly form?: URLSearchParams;
  /** The statuses that the caller expects; `http/` turns every other one into an error. */
  readonly expect: readonly number[];
}

export interface AuthAnswer {
  readonly status: number;
  header(name: string): string | undefined;
  /** At most 64 KiB; more is an error. */
  readonly text: string;
}
