import type { EngineLog } from "./engineLog.js";

/** What one call of a verb may use. */
export interface Operation {
  /** Aborted when the engine tells the host to stop. */
  readonly signal: AbortSignal;
  /** Says something in the resource's row. */
  readonly log: EngineLog;
}

/**
 * The operations that run in this host process. The engine ends the host with SIGINT at every normal
 * end as well, so an idle host must go at once; a busy one has five seconds to cancel its uploads.
 */
export class RunningOperations {
  readonly #controllers = new Set<AbortController>();
  #idle: (() => void) | undefined;

  get underWay(): number {
    return this.#controllers.size;
  }

  async run<T>(body: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    this.#controllers.add(controller);
    try {
      return await body(controller.signal);
    } finally {
      this.#controllers.delete(controller);
      if (this.#controllers.size === 0) this.#idle?.();
    }
  }

  /** Aborts everything and waits until it has ended, or until `timeoutMs` have passed. */
  async stop(timeoutMs: number): Promise<void> {
    if (this.#controllers.size === 0) return;
    const idle = new Promise<void>((resolve) => (this.#idle = resolve));
    for (const controller of this.#controllers) controller.abort();
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => (timer = setTimeout(resolve, timeoutMs)));
    await Promise.race([idle, timeout]);
    clearTimeout(timer);
  }
}

/** Less than the five seconds after which the engine kills the host. */
const STOP_TIMEOUT_MS = 4_500;
/** 128 + SIGINT, what a shell reports. */
const INTERRUPTED = 130;

export function stopOnInterrupt(operations: RunningOperations): void {
  process.once("SIGINT", () => {
    void operations.stop(STOP_TIMEOUT_MS).finally(() => process.exit(INTERRUPTED));
  });
}
