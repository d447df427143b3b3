/*
 * What a caught error says. Not asked by `instanceof`: where a test runner gives each file globals of its own, as Jest does,
 * Node's errors are not of its `Error`.
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

/** The error, or where it says little, one that says what to do. */
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
