import { setMaxListeners } from "node:events";

import type { ServerName } from "./journal.js";

/** What a fault does to a request. */
export type FaultAction =
  /** Sends this answer; the request has no effect. With `code` or `message` the body is a JSON error. */
  | {
      readonly type: "status";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string | Uint8Array;
      readonly code?: string;
      readonly message?: string;
    }
  /** Cuts the connection before the request takes effect. */
  | { readonly type: "reset" }
  /** Reads this many bytes of the request's body, then cuts the connection. An upload keeps them, as after a real cut. */
  | { readonly type: "resetAfter"; readonly bytes: number }
  /** Never answers; the request has no effect. */
  | { readonly type: "stall" }
  /** Lets the request take effect, then cuts the connection instead of answering. */
  | { readonly type: "dropAnswer" }
  /** Lets the request take effect, but never answers. */
  | { readonly type: "stallAnswer" }
  /** Waits before the request takes effect. */
  | { readonly type: "delay"; readonly ms: number }
  /** Waits until the fault is removed, and then lets the request take effect: for what is to happen in between. */
  | { readonly type: "hold" }
  /** Sends the head with the full Content-Length and this many bytes of the body, then cuts the connection. */
  | { readonly type: "truncate"; readonly bytes: number }
  /** Changes one bit of the answer's body; if it has none, one digit of its Docker-Content-Digest. */
  | { readonly type: "corrupt" }
  /**
   * Answers 429 to every matching request for this many seconds from the first one on, with a `Retry-After` that counts
   * down. The requests have no effect. `times` is ignored.
   */
  | { readonly type: "throttle"; readonly seconds: number };

/** The fault that a request meets, for the server. */
export type MetFault =
  | Exclude<FaultAction, { type: "throttle" | "hold" }>
  | { readonly type: "throttle"; readonly retryAfter: number }
  | { readonly type: "hold"; readonly removed: AbortSignal };

/** Which requests a fault affects, and what it does to them. A member that is left out matches every request. */
export interface FaultRule {
  readonly method?: string;
  /** A string must be the whole path as sent; a regular expression is searched in it. */
  readonly path?: string | RegExp;
  /** Searched in what follows the `?`. */
  readonly query?: string | RegExp;
  readonly server?: ServerName;
  /** Which matching request is the first to be affected, counted from `add` on. Default 1. */
  readonly nth?: number;
  /** How many matching requests are affected from then on; `Infinity` for all. Default 1. */
  readonly times?: number;
  readonly action: FaultAction;
}

/** An active fault. */
export interface Fault {
  /** Unique among the faults of this emulator. */
  readonly id: number;
  readonly rule: FaultRule;
  /** Number of requests affected so far. */
  readonly hits: number;
  remove(): void;
}

/** The emulator's faults. If several rules match a request, the one that was added first takes effect. */
export interface Faults {
  /** The active faults, in the order in which they were added. */
  readonly list: readonly Fault[];
  add(rule: FaultRule): Fault;
  clear(): void;
}

export interface FaultTarget {
  readonly server: ServerName;
  readonly method: string;
  readonly path: string;
  readonly query: string;
}

export class FaultSwitchboard implements Faults {
  private rules: CountedRule[] = [];
  private added = 0;

  constructor(private readonly now: () => number) {}

  get list(): readonly Fault[] {
    return this.rules;
  }

  add(rule: FaultRule): Fault {
    checkAction(rule);
    this.added += 1;
    const counted: CountedRule = new CountedRule(this.added, rule, () => {
      this.rules = this.rules.filter((other) => other !== counted);
    });
    this.rules.push(counted);
    return counted;
  }

  clear(): void {
    for (const rule of this.rules) rule.remove();
  }

  /** The fault for this request, if any. Every matching rule counts the request. */
  meet(target: FaultTarget): MetFault | undefined {
    let met: CountedRule | undefined;
    for (const rule of this.rules) {
      if (rule.due(target, this.now()) && met === undefined) met = rule;
    }
    return met?.hit(this.now());
  }
}

const actionTypes: Readonly<Record<FaultAction["type"], true>> = {
  status: true,
  reset: true,
  resetAfter: true,
  stall: true,
  dropAnswer: true,
  stallAnswer: true,
  delay: true,
  hold: true,
  truncate: true,
  corrupt: true,
  throttle: true,
};

/** Refuses unknown faults, which callers without types could otherwise add without any effect. */
function checkAction({ action }: { readonly action?: { readonly type?: string } }): void {
  const type = action?.type;
  if (type !== undefined && Object.hasOwn(actionTypes, type)) return;
  const known = Object.keys(actionTypes).join(", ");
  throw new TypeError(`A fault's action has a type, one of ${known}; not ${String(type)}.`);
}

class CountedRule implements Fault {
  hits = 0;
  private matched = 0;
  private throttledUntil: number | undefined;
  private readonly removal = new AbortController();

  constructor(
    readonly id: number,
    readonly rule: FaultRule,
    private readonly forget: () => void,
  ) {
    // Any number of requests may be held; early versions of Node 22 warn of a leak at the eleventh.
    setMaxListeners(0, this.removal.signal);
  }

  remove(): void {
    this.forget();
    this.removal.abort();
  }

  due(target: FaultTarget, now: number): boolean {
    if (!this.matches(target)) return false;
    this.matched += 1;
    const { nth = 1, times = 1, action } = this.rule;
    if (this.matched < nth) return false;
    return action.type === "throttle"
      ? this.throttledUntil === undefined || now < this.throttledUntil
      : this.matched < nth + times;
  }

  hit(now: number): MetFault {
    this.hits += 1;
    const { action } = this.rule;
    if (action.type === "hold") return { type: "hold", removed: this.removal.signal };
    if (action.type !== "throttle") return action;
    this.throttledUntil ??= now + action.seconds * 1000;
    return { type: "throttle", retryAfter: Math.ceil((this.throttledUntil - now) / 1000) };
  }

  private matches(target: FaultTarget): boolean {
    const { method, server, path, query } = this.rule;
    return (
      (method === undefined || method.toUpperCase() === target.method) &&
      (server === undefined || server === target.server) &&
      matchesText(path, target.path, (wanted) => wanted === target.path) &&
      matchesText(query, target.query, (wanted) => target.query.includes(wanted))
    );
  }
}

function matchesText(
  wanted: string | RegExp | undefined,
  text: string,
  compare: (wanted: string) => boolean,
): boolean {
  if (wanted === undefined) return true;
  return typeof wanted === "string" ? compare(wanted) : text.search(wanted) >= 0;
}
