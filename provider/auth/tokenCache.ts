import { SingleFlight, untilAborted } from "../concurrency/singleFlight.js";
import { coversScopes, formatScopes, resourceOf, type Scope } from "./scope.js";

/** A token, and until when (in the clock's milliseconds) it may be used again. */
export interface Token {
  readonly value: string;
  readonly useUntil: number;
}

interface Entry {
  readonly key: string;
  readonly scopes: readonly Scope[];
  readonly token: Token;
}

/**
 * Access tokens of one registry. A request is served by any token whose scopes contain its own, so
 * that a pull after a push costs nothing; tokens are only ever asked for exactly what a request
 * needs, since a wider wish could be refused where the need would have been granted.
 */
export class TokenCache {
  /** By scopes, the oldest first. */
  readonly #entries = new Map<string, Entry>();
  /** The same by what they are for: a run over thousands of repositories looks at those of one. */
  readonly #byResource = new Map<string, Set<Entry>>();
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
    const key = formatScopes(scopes).join(" ");
    const cached = this.#find(key, scopes);
    if (cached !== undefined) return cached.token.value;
    const flight = this.#flights.run(key, async () => {
      const token = await fetchToken();
      this.#add({ key, scopes, token });
      return token;
    });
    return (await untilAborted(flight, signal)).value;
  }

  #find(key: string, scopes: readonly Scope[]): Entry | undefined {
    const exact = this.#entries.get(key);
    if (exact !== undefined && this.#isUsable(exact)) return exact;
    const [first] = scopes;
    // Any token will do for a request that needs no scope.
    const candidates =
      first === undefined ? this.#entries.values() : this.#byResource.get(resourceOf(first));
    for (const entry of candidates ?? []) {
      if (this.#isUsable(entry) && coversScopes(entry.scopes, scopes)) return entry;
    }
    return undefined;
  }

  #isUsable(entry: Entry): boolean {
    if (entry.token.useUntil > this.#now()) return true;
    this.#remove(entry);
    return false;
  }

  #add(entry: Entry): void {
    const before = this.#entries.get(entry.key);
    if (before !== undefined) this.#remove(before);
    // Tokens of one registry last about as long as one another, so that the oldest ones end first.
    for (const oldest of this.#entries.values()) if (this.#isUsable(oldest)) break;
    this.#entries.set(entry.key, entry);
    for (const scope of entry.scopes) {
      const resource = resourceOf(scope);
      const known = this.#byResource.get(resource) ?? new Set<Entry>();
      this.#byResource.set(resource, known.add(entry));
    }
  }

  #remove(entry: Entry): void {
    this.#entries.delete(entry.key);
    for (const scope of entry.scopes) {
      const resource = resourceOf(scope);
      const known = this.#byResource.get(resource);
      known?.delete(entry);
      if (known?.size === 0) this.#byResource.delete(resource);
    }
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
    this.#byResource.clear();
  }
}
