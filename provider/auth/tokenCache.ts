import { SingleFlight, untilAborted } from "../concurrency/singleFlight.js";
import { coversScopes, formatScopes, resourceOf, type Scope } from "./scope.js";

/** A token, and the time (in the clock's milliseconds) until which it may be used. */
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
 * Access tokens of one registry. A token serves every request whose scopes it contains, so that a pull
 * after a push needs no new one. A new token has exactly the scopes of its request: asking for more could
 * be refused.
 */
export class TokenCache {
  /** All entries by scopes, the oldest first. */
  readonly #entries = new Map<string, Entry>();
  /** The same entries by resource, so that a lookup stays fast with thousands of repositories. */
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
    // A request without scopes can use any token.
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
    // All tokens of a registry last about equally long, so the oldest expire first.
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
   * Drops a token that the registry refused, and all others: the reason for the refusal probably applies
   * to them, too. Returns whether the token was still cached.
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
