import * as pulumi from "@pulumi/pulumi";
import type { AcrError, AcrErrorCode, InputError } from "../provider/errors.js";

/** Marks the client's errors, whichever copy of the package made them. */
const BRAND = Symbol.for("pulumi-acr/AcrError");

/** The method that `util.inspect` calls for an object's text. */
const INSPECT = Symbol.for("nodejs.util.inspect.custom");

/**
 * Thrown by a look-up that fails. Branch on `code`, one of the client's (`hasCode` of `pulumi-acr/client` works
 * too): for example `NOT_FOUND` if the registry says that it does not exist. `cause` is the client's error.
 */
export class LookupError extends pulumi.RunError {
  readonly code: AcrErrorCode;

  /** The engine prints the message of a `RunError`, and no stack. */
  constructor(code: AcrErrorCode, message: string, cause?: AcrError) {
    super(message);
    this.name = "LookupError";
    this.code = code;
    // No stack: its frames would only be ours and Pulumi's, and before an error ends a program, Pulumi has `util.inspect`
    // colour it and its causes. In Node 20 and 22 that takes half a minute and the longest possible string if a frame is
    // in `node_modules/@pulumi/output.ts`, Pulumi's name in source maps (github.com/nodejs/node/issues/64011).
    Object.defineProperties(this, {
      stack: { value: `${this.name}: ${message}`, configurable: true, writable: true },
      cause: { value: cause },
      [BRAND]: { value: true },
      // `message` is read late: Pulumi puts the name of the property in front of it.
      [INSPECT]: { value: () => `${this.name}: ${this.message}` },
    });
  }
}

/** The error that a look-up throws: it names the look-up and, at preview, the likely reason. */
export function outwardError(lookup: string, error: unknown): unknown {
  if (!isAcrError(error)) return error;
  const { property } = error as Partial<InputError>;
  const reason = property === undefined ? error.message : `${property}: ${error.message}`;
  return new LookupError(
    error.code,
    `${lookup}: ${reason}${hint(lookup, error)} [${error.code}]`,
    error,
  );
}

/** At preview, a digest is often looked up that only `up` is going to publish. */
function hint(lookup: string, { code }: AcrError): string {
  if (code !== "NOT_FOUND" || !pulumi.runtime.isDryRun()) return "";
  return (
    `. If this program publishes it, look it up with ${lookup}Output, and outputs of the resource or ` +
    "`dependsOn`: that waits until it is published"
  );
}

function isAcrError(error: unknown): error is AcrError {
  return typeof error === "object" && error !== null && BRAND in error;
}
