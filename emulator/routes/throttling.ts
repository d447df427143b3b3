import type { RequestCategory, RequestLimits } from "../options.js";

const minute = 60_000;

interface Window {
  readonly started: number;
  used: number;
}

/**
 * Limits requests per minute, for the whole registry and for each identity (Microsoft, "Registry
 * operation rate limits"). The service documents a token bucket and a `Retry-After` that counts down;
 * that the bucket is filled once a minute is our choice.
 */
export class Throttling {
  private readonly windows = new Map<string, Window>();

  constructor(
    private readonly limits: RequestLimits | undefined,
    private readonly now: () => number,
  ) {}

  /** Counts a request of the registry. Returns the seconds to wait if it exceeds the limit. */
  ofRegistry(method: string, path: string): number | undefined {
    return this.count(method, path, "", 1);
  }

  /** Counts a request of an identity, whose limit is half of the registry's. */
  ofIdentity(subject: string, method: string, path: string): number | undefined {
    return this.count(method, path, ` ${subject}`, 2);
  }

  private count(method: string, path: string, who: string, share: number): number | undefined {
    const { limits } = this;
    if (limits === undefined) return undefined;
    const waits = categoriesOf(method, path).map((category) => {
      const limit = limits[category];
      if (limit === undefined || (category === "oauth" && who !== "")) return 0;
      return this.take(category + who, Math.ceil(limit / share));
    });
    const wait = Math.max(...waits);
    return wait > 0 ? wait : undefined;
  }

  private take(key: string, limit: number): number {
    const now = this.now();
    let window = this.windows.get(key);
    if (window === undefined || isOver(window, now)) {
      this.forget(now);
      window = { started: now, used: 0 };
      this.windows.set(key, window);
    }
    if (window.used >= limit) return Math.ceil((window.started + minute - now) / 1000);
    window.used += 1;
    return 0;
  }

  /** Forgets identities that are no longer active. */
  private forget(now: number): void {
    for (const [key, window] of this.windows) if (isOver(window, now)) this.windows.delete(key);
  }
}

function isOver(window: Window, now: number): boolean {
  return now - window.started >= minute;
}

/** Listing referrers is also a read. */
function categoriesOf(method: string, path: string): RequestCategory[] {
  if (path.startsWith("/oauth2/")) return ["oauth"];
  if (method === "DELETE") return ["delete"];
  if (method !== "GET" && method !== "HEAD") return ["write"];
  return path.includes("/referrers/") ? ["read", "listReferrers"] : ["read"];
}
