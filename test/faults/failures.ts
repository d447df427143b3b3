import type { Emulator } from "pulumi-acr/emulator";

export type Action = Parameters<Emulator["faults"]["add"]>[0]["action"];

/** A failure that may meet a request. */
export interface Failure {
  readonly action: Action;
  /** Idle timeout, for failures that consist of silence. */
  readonly idleTimeoutMs?: number;
  /** Error after a single failure; default: none. A lasting one ends every operation. */
  readonly single?: "may-fail";
  /** The answer is false and may be believed until the next look. */
  readonly deceives?: boolean;
}

export const FAILURES: Readonly<Record<string, Failure>> = {
  "reset before": { action: { type: "reset" } },
  "reset after applying": { action: { type: "dropAnswer" } },
  "500": { action: { type: "status", status: 500 } },
  "503 with Retry-After": {
    action: { type: "status", status: 503, headers: { "retry-after": "1" } },
  },
  "429 without Retry-After": { action: { type: "status", status: 429 } },
  "401": {
    action: { type: "status", status: 401, code: "UNAUTHORIZED", message: "not you" },
    // A refusal of a token endpoint is final.
    single: "may-fail",
  },
  stall: { action: { type: "stall" }, idleTimeoutMs: 20_000 },
  "truncated answer": { action: { type: "truncate", bytes: 5 } },
  "wrong digest": { action: { type: "corrupt" }, single: "may-fail", deceives: true },
};

/** How long it lasts: one request, or all that follow until the run is over. */
export const DURATIONS = { once: 1, lasting: Infinity } as const;
export type Duration = keyof typeof DURATIONS;
