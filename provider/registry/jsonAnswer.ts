import { ProtocolError } from "../errors.js";
import type { RegistryResponse } from "../http/transport.js";
import { quoted } from "../oci/printable.js";

/** Enough for a page of 10,000 names of maximum length. */
const LIST_SIZE_LIMIT = 4 * 1024 * 1024;

export type JsonObject = Readonly<Record<string, unknown>>;

/** Reads a JSON object. Anything else, such as a login page, is a `ProtocolError`. */
export async function readJson(
  response: RegistryResponse,
  operation: string,
  sizeLimit = LIST_SIZE_LIMIT,
): Promise<JsonObject> {
  const value = parsed(await response.bytes(sizeLimit));
  if (isObject(value)) return value;
  throw notJson(response, operation);
}

/**
 * `undefined` if it is not JSON. The parser's error is dropped, because its message quotes the answer.
 */
function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

function notJson(response: RegistryResponse, operation: string): ProtocolError {
  const type = response.header("content-type") ?? "no content type";
  return new ProtocolError(
    `${operation}: the registry answered ${response.status} with ${quoted(type, 100)}, which is not a JSON object; ` +
      `something between here and the registry may have answered instead`,
  );
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Reads members of an answer and checks their types. Unknown members are ignored, since the service adds
 * new ones.
 */
export class Members {
  readonly #object: JsonObject;
  readonly #operation: string;

  constructor(object: unknown, operation: string) {
    if (!isObject(object))
      throw new ProtocolError(`${operation}: an object is missing in the answer`);
    this.#object = object;
    this.#operation = operation;
  }

  text(name: string): string {
    const value = this.#object[name];
    if (typeof value !== "string") throw this.#malformed(name, "text");
    return value;
  }

  optionalText(name: string): string | undefined {
    const value = this.#object[name];
    return value === undefined || value === null || value === "" ? undefined : this.text(name);
  }

  flag(name: string): boolean {
    const value = this.#object[name];
    if (typeof value !== "boolean") throw this.#malformed(name, "true or false");
    return value;
  }

  /** A count; 0 if it is absent. */
  count(name: string): number {
    const value = this.#object[name] ?? 0;
    if (!Number.isSafeInteger(value)) throw this.#malformed(name, "a whole number");
    return Number(value);
  }

  /** A list; empty if it is absent or `null`. */
  list(name: string): readonly unknown[] {
    const value = this.#object[name] ?? [];
    if (!Array.isArray(value)) throw this.#malformed(name, "a list");
    return value;
  }

  texts(name: string): readonly string[] {
    return this.list(name).map((item) => {
      if (typeof item !== "string") throw this.#malformed(name, "a list of strings");
      return item;
    });
  }

  object(name: string): Members {
    return new Members(this.#object[name], this.#operation);
  }

  #malformed(name: string, expected: string): ProtocolError {
    return new ProtocolError(`${this.#operation}: ${name} in the answer is not ${expected}`);
  }
}

const ERROR_SIZE_LIMIT = 64 * 1024;

/** The codes of an error body (distribution-spec, "Error Codes"); empty for any other body. */
export async function readDiagnosticCodes(response: RegistryResponse): Promise<readonly string[]> {
  const bytes = await response.bytes(ERROR_SIZE_LIMIT);
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    const errors = isObject(value) && Array.isArray(value["errors"]) ? value["errors"] : [];
    return errors.flatMap((error: unknown) =>
      isObject(error) && typeof error["code"] === "string" ? [error["code"]] : [],
    );
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}
