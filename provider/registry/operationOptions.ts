/** Everything that waits takes a signal; aborting rejects with code `ABORTED`. */
export interface OperationOptions {
  readonly signal?: AbortSignal;
}

/** For what a caller can do without. */
export interface AccessOptions extends OperationOptions {
  /**
   * `false`: a refusal is told at once, although the client has `waitForAccess`. Default: the client
   * waits as it was told to.
   */
  readonly waitForAccess?: boolean;
}
