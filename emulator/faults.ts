import type { ServerName } from "./journal.js";

/** What goes wrong with a request. */
export type FaultAction =
  /** Answers in place of the emulator; nothing is applied. With `code` or `message` the body is the JSON error. */
  | {
      readonly type: "status";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string | Uint8Array;
      readonly code?: string;
      readonly message?: string;
    }
  /** Cuts the connection before anything is applied. */
  | { readonly type: "reset" }
  /** Reads so many bytes of the request's body, then cuts the connection. What an upload took of them is kept, as a real cut does. */
  | { readonly type: "resetAfter"; readonly bytes: number }
  /** Applies nothing and never answers. */
  | { readonly type: "stall" }
  /** Applies the request, then cuts the connection instead of answering. */
  | { readonly type: "dropAnswer" }
  /** Applies the request and never answers. */
  | { readonly type: "stallAnswer" }
  /** Waits before the request is applied. */
  | { readonly type: "delay"; readonly ms: number }
  /** Sends the head with the full Content-Length, then so many bytes of the body, then cuts the connection. */
  | { readonly type: "truncate"; readonly bytes: number }
  /** Changes one bit in the answer's body; where there is none, one digit of its Docker-Content-Digest. */
  | { readonly type: "corrupt" }
  /**
   * From the first request that it meets, for so many seconds, 429 to every request that matches, with a `Retry-After`
   * that counts down; nothing is applied. `times` has no meaning for it.
   */
  | { readonly type: "throttle"; readonly seconds: number };

/** What the server does for a request that a fault meets. */
export type MetFault =
  | Exclude<FaultAction, { type: "throttle" }>
  | { readonly type: "throttle"; readonly retryAfter: number };

/** Which requests a fault meets, and what it does to them. Left out is: any. */
export interface FaultRule {
  readonly method?: string;
  /** A string is the whole path as sent; a regular expression is searched in the path as sent. */
  readonly path?: string | RegExp;
  /** Searched in what follows the `?`. */
  readonly query?: string | RegExp;
  readonly server?: ServerName;
  /** The first matching request that is met, counted from 1 at the time of `add`. */
  readonly nth?: number;
  /** How many matching requests are met from then on; `Infinity` for all. 1 by default. */
  readonly times?: number;
  readonly action: FaultAction;
}

/** A fault in force. */
export interface Fault {
  /** Unique among the faults of this emulator. */
  readonly id: number;
  readonly rule: FaultRule;
  /** Requests that it has met so far. */
  readonly hits: number;
  remove(): void;
}

/** Things that go wrong on request. Where several rules meet one request, the one added first acts. */
export interface Faults {
  /** Those in force, in the order in which they were added. */
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
    this.added += 1;
    const counted = new CountedRule(this.added, rule, () => {
      this.rules = this.rules.filter((other) => other !== counted);
    });
    this.rules.push(counted);
    return counted;
  }

  clear(): void {
    this.rules = [];
  }

  /** The fault that meets this request, if any. Every matching rule counts the request. */
  meet(target: FaultTarget): MetFault | undefined {
    let met: CountedRule | undefined;
    for (const rule of this.rules) {
      if (rule.due(target, this.now()) && met === undefined) met = rule;
    }
    return met?.hit(this.now());
  }
}

class CountedRule implements Fault {
  hits = 0;
  private matched = 0;
  private throttledUntil: number | undefined;

  constructor(
    readonly id: number,
    readonly rule: FaultRule,
    readonly remove: () => void,
  ) {}

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
