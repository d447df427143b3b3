/** Options of every asynchronous operation. Aborting the signal rejects with code `ABORTED`. */
export interface OperationOptions {
  readonly signal?: AbortSignal;
}

/** Options of operations whose refusal a caller may tolerate. */
export interface AccessOptions extends OperationOptions {
  /**
   * `false`: a refusal fails at once, even if the client has `waitForAccess`. Default `true`: the client
   * waits as configured.
   */
  readonly waitForAccess?: boolean;
}
