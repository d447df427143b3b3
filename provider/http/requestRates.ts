import { InputError } from "../errors.js";
import type { Clock } from "./clock.js";

/** Requests per minute that one identity may send. A kind that is left out has no limit. */
export interface RequestRates {
  /** `GET` and `HEAD`, including lists of referrers. */
  readonly reads?: number;
  /** Uploads (each chunk counts), manifests, tags and attributes. */
  readonly writes?: number;
  readonly deletes?: number;
  readonly referrerLists?: number;
}

/** Service tiers of ACR. */
export const REGISTRY_TIERS = ["basic", "standard", "premium"] as const;
export type RegistryTier = (typeof REGISTRY_TIERS)[number];

/** A minute and a second, because requests do not all take equally long to arrive. */
const WINDOW_MS = 61_000;

const BASIC = { reads: 5_000, writes: 1_000, deletes: 500, referrerLists: 250 } as const;

/**
 * The rates that Microsoft publishes for one identity (Microsoft Learn, "Azure Container Registry SKU
 * features and limits", request rates). They are best effort, not guaranteed.
 */
export const PUBLISHED_RATES: Readonly<Record<RegistryTier, Required<RequestRates>>> = {
  basic: BASIC,
  standard: BASIC,
  premium: { reads: 10_000, writes: 2_000, deletes: 2_000, referrerLists: 1_000 },
};

type Category = keyof RequestRates;

/** Computes how long a request must wait so that no minute has more requests than its rates allow. */
export class RequestPaces {
  readonly #paces: ReadonlyMap<Category, Pace>;
  readonly #clock: Clock;

  constructor(given: RegistryTier | RequestRates | undefined, clock: Clock) {
    const rates = typeof given === "string" ? publishedRates(given) : (given ?? {});
    this.#clock = clock;
    this.#paces = new Map(
      (Object.keys(BASIC) as Category[]).flatMap((category) => {
        const rate = rates[category];
        return rate === undefined ? [] : [[category, new Pace(checked(category, rate))] as const];
      }),
    );
  }

  /**
   * Reserves the next free place in every category of the request. Returns the milliseconds until then.
   */
  take(method: string, path: string): number {
    const now = this.#clock.now();
    const paces = categoriesOf(method, path).flatMap((category) => {
      const pace = this.#paces.get(category);
      return pace === undefined ? [] : [pace];
    });
    const at = Math.max(now, ...paces.map((pace) => pace.free));
    for (const pace of paces) pace.take(at);
    return at - now;
  }
}

function publishedRates(tier: string): RequestRates {
  const rates = (PUBLISHED_RATES as Readonly<Record<string, RequestRates>>)[tier];
  if (rates !== undefined) return rates;
  throw new InputError(
    "requestRates",
    `${JSON.stringify(tier)} is not a tier: expected "basic", "standard" or "premium", or requests per minute by kind`,
  );
}

function checked(category: Category, rate: number): number {
  if (Number.isSafeInteger(rate) && rate >= 1) return rate;
  throw new InputError(
    `requestRates.${category}`,
    `a rate must be a whole number of requests per minute, at least 1, not ${rate}`,
  );
}

/** Listing referrers is also a read. Requests for tokens have a separate, much higher rate. */
function categoriesOf(method: string, path: string): readonly Category[] {
  if (method === "DELETE") return ["deletes"];
  if (method !== "GET" && method !== "HEAD") return ["writes"];
  return /^\/v2\/.+\/referrers\/[^/]+$/.test(path) ? ["reads", "referrerLists"] : ["reads"];
}

/** The times of the last requests, as many as are allowed per minute, in a ring buffer. */
class Pace {
  readonly #times: Float64Array;
  #next = 0;

  constructor(perMinute: number) {
    this.#times = new Float64Array(perMinute);
  }

  /** When the oldest of these requests will be a minute old. */
  get free(): number {
    return (this.#times[this.#next] ?? 0) + WINDOW_MS;
  }

  take(at: number): void {
    this.#times[this.#next] = at;
    this.#next = (this.#next + 1) % this.#times.length;
  }
}
