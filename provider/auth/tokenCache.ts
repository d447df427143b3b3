import { SingleFlight, untilAborted } from "../concurrency/singleFlight.js";
import { coversScopes, formatScopes, type Scope } from "./scope.js";

/** A token, and until when (in the clock's milliseconds) it may be used again. */
export interface Token {
  readonly value: string;
  readonly useUntil: number;
}

interface Entry {
  readonly scopes: readonly Scope[];
  readonly token: Token;
}

/**
 * Access tokens of one registry. A request is served by any token whose scopes contain its own, so
 * that a pull after a push costs nothing; tokens are only ever asked for exactly what a request
 * needs, since a wider wish could be refused where the need would have been granted.
 */
export class TokenCache {
  readonly #entries = new Map<string, Entry>();
  readonly #flights = new SingleFlight<Token>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  async get(
    scopes: readonly Scope[],
    fetchToken: () => Promise<Token>,
    signal?: AbortSignal,
  ): Promise<string> {
    const cached = this.#find(scopes);
    if (cached !== undefined) return cached;
    const key = formatScopes(scopes).join(" ");
    const flight = this.#flights.run(key, async () => {
      const token = await fetchToken();
      this.#entries.set(key, { scopes, token });
      return token;
    });
    return (await untilAborted(flight, signal)).value;
  }

  #find(scopes: readonly Scope[]): string | undefined {
    const now = this.#now();
    for (const [key, entry] of this.#entries) {
      if (entry.token.useUntil <= now) this.#entries.delete(key);
      else if (coversScopes(entry.scopes, scopes)) return entry.token.value;
    }
    return undefined;
  }

  /**
   * Drops a token that the registry refused, and all others with it: what ended the one may have ended
   * them, and a second attempt is worth nothing with any of them. `true` if it was still in use here.
   */
  drop(value: string): boolean {
    const inUse = [...this.#entries.values()].some(({ token }) => token.value === value);
    if (inUse) this.clear();
    return inUse;
  }

  clear(): void {
    this.#entries.clear();
  }
}
