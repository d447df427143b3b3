/**
 * How this folder reaches the registry. The way in is handed over by `http/`, so that requests for
 * tokens pass through the same limits, retries and log as all others, and `auth/` stays below it.
 */
export type AuthSend = (request: AuthRequest) => Promise<AuthAnswer>;

export interface AuthRequest {
  readonly method: "GET" | "POST";
  /** Path and query below the registry's own origin. No other origin can be asked. */
  readonly path: string;
  /** What we are doing, for errors. */
  readonly operation: string;
  /** Value of the `Authorization` header. */
  readonly authorization?: string;
  readonly form?: URLSearchParams;
  /** Statuses that are answers; every other one is an error that `http/` words. */
  readonly expect: readonly number[];
}

export interface AuthAnswer {
  readonly status: number;
  header(name: string): string | undefined;
  /** At most 64 KiB; more is an error. */
  readonly text: string;
}
