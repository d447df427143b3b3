/**
 * Reads caught errors without `instanceof`: a test runner such as Jest gives each file its own globals,
 * so that Node's errors are not instances of the file's `Error`.
 */

/** The code of a system error, such as `ENOENT`. */
export function errorCode(error: unknown): string | undefined {
  const code = member(error, "code");
  return typeof code === "string" ? code : undefined;
}

export function errorMessage(error: unknown): string {
  const message = member(error, "message");
  return typeof message === "string" ? message : String(error);
}

export function isTypeError(error: unknown): boolean {
  return member(error, "name") === "TypeError";
}

/** Returns the error, or one that says what to do if the original says little. */
export function explained(error: unknown): unknown {
  if (errorCode(error) !== "ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING_FLAG") return error;
  const message =
    "The emulator loads ES modules, which Jest allows with NODE_OPTIONS=--experimental-vm-modules in its environment only.";
  return new Error(message, { cause: error });
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}
