import * as runtime from "@pulumi/pulumi/runtime/stack";

const UNREACHED = "the inline program did not reach the engine";

type Run = typeof runtime.runInPulumiStack;

/**
 * On a busy machine an inline program may not reach the engine at its start. The SDK takes that for
 * the program's end (`automation/server.js` ignores all errors of gRPC), and the engine then
 * deletes what was not declared. From now on it is an error, on which the engine keeps everything.
 */
export function failUnreached(): void {
  const sdk = runtime as { runInPulumiStack: Run };
  const run = sdk.runInPulumiStack;
  sdk.runInPulumiStack = async (program) => {
    const call = { started: false };
    try {
      return await run(() => {
        call.started = true;
        return program();
      });
    } catch (error) {
      throw call.started ? error : new Error(UNREACHED, { cause: error });
    }
  };
}

/** Neither program nor engine has done anything yet, so the run may be repeated. */
export function isUnreached(error: unknown): boolean {
  const text = String(error);
  return text.includes(UNREACHED) || text.includes("14 UNAVAILABLE: No connection established");
}
