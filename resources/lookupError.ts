import * as pulumi from "@pulumi/pulumi";
import type { AcrError, AcrErrorCode, InputError } from "../provider/errors.js";

/** What the client's errors are known by, whichever copy of the package made them. */
const BRAND = Symbol.for("pulumi-acr/AcrError");

/**
 * A look-up that failed. Branch on `code`, which is one of the client's (`hasCode` of `pulumi-acr/client`
 * knows it too): `NOT_FOUND` if the registry says that the thing does not exist.
 */
export class LookupError extends pulumi.RunError {
  readonly code: AcrErrorCode;

  /** The engine prints the message of a `RunError`, and no stack. */
  constructor(code: AcrErrorCode, message: string, cause?: AcrError) {
    super(message);
    this.name = "LookupError";
    this.code = code;
    Object.defineProperty(this, "cause", { value: cause });
    Object.defineProperty(this, BRAND, { value: true });
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
    `. If this program publishes it, look it up with ${lookup}Output, by the resource's \`id\` or with ` +
    "`dependsOn`: then it is looked for once it is there"
  );
}

function isAcrError(error: unknown): error is AcrError {
  return typeof error === "object" && error !== null && BRAND in error;
}
