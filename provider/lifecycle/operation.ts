import type { EngineLog } from "./engineLog.js";

/** What one call of a verb can use. */
export interface Operation {
  /** Aborted when the engine tells the host to stop. */
  readonly signal: AbortSignal;
  /** Shows messages in the resource's row. */
  readonly log: EngineLog;
}

/**
 * The operations running in this host process. The engine also ends the host with SIGINT at every normal
 * end, so an idle host must exit at once. A busy one has five seconds to cancel its uploads.
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

  /** Aborts all operations and waits until they have ended, or until `timeoutMs` have passed. */
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
/** 128 + SIGINT, as shells report it. */
const INTERRUPTED = 130;

export function stopOnInterrupt(operations: RunningOperations): void {
  process.once("SIGINT", () => {
    void operations.stop(STOP_TIMEOUT_MS).finally(() => process.exit(INTERRUPTED));
  });
}
