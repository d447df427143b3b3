import type { Bag } from "./resourceState.js";

/** `check` refused the inputs. */
export class CheckError extends Error {
  constructor(
    readonly resource: string,
    readonly failures: readonly { readonly property: string; readonly reason: string }[],
  ) {
    super(failures.map(({ property, reason }) => `${resource}: ${property}: ${reason}`).join("\n"));
  }
}

export interface HalfMade {
  readonly id: string;
  readonly properties: Bag;
  readonly reasons: readonly string[];
}

/** Takes an error with an `id` for a partly created resource, as the dynamic host does. */
export function isHalfMade(error: unknown): error is HalfMade {
  return error instanceof Error && "id" in error && Boolean(error.id);
}
