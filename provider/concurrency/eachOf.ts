import { linkedSignal } from "./linkedSignal.js";

/** How many tasks run at the same time, and a signal that aborts all of them. */
export interface EachOptions {
  readonly concurrency: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs a task for each item. The first failure aborts the signal that all tasks share. When all have
 * ended, it is thrown, rather than one of the aborts that it caused.
 */
export async function eachOf<T>(
  items: Iterable<T>,
  { concurrency, signal }: EachOptions,
  task: (item: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const failed = new AbortController();
  const either = linkedSignal(failed.signal, signal);
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < waiting.length && !failed.signal.aborted) {
      await task(waiting[next++] as T, either.signal);
    }
  };
  const workers = Array.from({ length: Math.min(concurrency, waiting.length) }, () =>
    worker().catch((error: unknown) => {
      failed.abort();
      throw error;
    }),
  );
  const results = await Promise.allSettled(workers);
  either.unlink();
  if (results.some(({ status }) => status === "rejected")) throw firstCause(results);
}

/** The failure that came first, not one of the aborts that it caused. */
function firstCause(results: readonly PromiseSettledResult<void>[]): unknown {
  const reasons: unknown[] = results.flatMap((result) =>
    result.status === "rejected" ? [result.reason as unknown] : [],
  );
  return reasons.find((reason) => !isAbort(reason)) ?? reasons[0];
}

function isAbort(reason: unknown): boolean {
  if (!(reason instanceof Error)) return false;
  return reason.name === "AbortError" || ("code" in reason && reason.code === "ABORTED");
}
