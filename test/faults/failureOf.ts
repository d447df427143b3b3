import assert from "node:assert/strict";

/** The error that the operation ends with; `undefined` if it succeeds. */
export async function failureOf(operation: Promise<unknown>): Promise<Error | undefined> {
  try {
    await operation;
    return undefined;
  } catch (error) {
    assert.ok(error instanceof Error);
    return error;
  }
}
