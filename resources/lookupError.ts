import * as pulumi from "@pulumi/pulumi";
import type { AcrError, AcrErrorCode, InputError } from "../provider/errors.js";

/** What the client's errors are known by, whichever copy of the package made them. */
const BRAND = Symbol.for("pulumi-acr/AcrError");

/** What `util.inspect` asks an object for its text by. */
const INSPECT = Symbol.for("nodejs.util.inspect.custom");

/**
 * A look-up that failed. Branch on `code`, which is one of the client's (`hasCode` of `pulumi-acr/client`
 * knows it too): `NOT_FOUND` if the registry says that the thing does not exist. `cause` is the client's error.
 */
export class LookupError extends pulumi.RunError {
  readonly code: AcrErrorCode;

  /** The engine prints the message of a `RunError`, and no stack. */
  constructor(code: AcrErrorCode, message: string, cause?: AcrError) {
    super(message);
    this.name = "LookupError";
    this.code = code;
    // Frames would be ours and Pulumi's. Before an error ends a program, Pulumi lets `util.inspect` colour it and its
    // causes, which in Node 20 and 22 takes half a minute and all memory that a text may have if a frame is in
    // `node_modules/@pulumi/output.ts`, as Pulumi's source maps call it (github.com/nodejs/node/issues/64011).
    Object.defineProperties(this, {
      stack: { value: `${this.name}: ${message}`, configurable: true, writable: true },
      cause: { value: cause },
      [BRAND]: { value: true },
      // Pulumi writes the property that it was about in front of the message.
      [INSPECT]: { value: () => `${this.name}: ${this.message}` },
    });
  }
}

/** The error that leaves a look-up: it says which, and at a preview what is often the reason. */
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

/** A digest is known at preview, before it is published. */
function hint(lookup: string, { code }: AcrError): string {
  if (code !== "NOT_FOUND" || !pulumi.runtime.isDryRun()) return "";
  return (
    `. If this program publishes it, look it up with ${lookup}Output, by outputs of the resource or with ` +
    "`dependsOn`: then it is looked for once it is there"
  );
}

function isAcrError(error: unknown): error is AcrError {
  return typeof error === "object" && error !== null && BRAND in error;
}
