import { ProtocolError } from "../errors.js";
import type { AuthAnswer } from "./authSend.js";

/** A token with its lifetime, from the answer of a token endpoint. */
export interface TokenAnswer {
  readonly token: string;
  readonly serverTime: number;
  readonly expiresInSeconds: number | undefined;
}

/**
 * Reads the token from a 200 answer. `names` are tried in order: ACR uses `access_token` and
 * `refresh_token`; Docker's token protocol uses `token`, and some servers `access_token`.
 */
export function readToken(
  answer: AuthAnswer,
  names: readonly string[],
  facts: { readonly operation: string; readonly now: number },
): TokenAnswer {
  const document = parseDocument(answer.text, facts.operation);
  const token = names.map((name) => document[name]).find(isToken);
  if (token === undefined) {
    throw new ProtocolError(
      `${facts.operation}: the registry's answer has no usable ${names.map((n) => `\`${n}\``).join(" or ")}`,
    );
  }
  const seconds = document["expires_in"];
  const date = Date.parse(answer.header("date") ?? "");
  return {
    token,
    serverTime: Number.isNaN(date) ? facts.now : date,
    expiresInSeconds: typeof seconds === "number" && seconds >= 0 ? seconds : undefined,
  };
}

/** Whether the answer may come from a token endpoint, rather than being a web page. */
export function isJsonObject(text: string): boolean {
  return parseObject(text) !== undefined;
}

function parseDocument(text: string, operation: string): Record<string, unknown> {
  const document = parseObject(text);
  if (document !== undefined) return document;
  throw new ProtocolError(
    `${operation}: the answer is not a JSON object. A proxy or a sign-in page may have answered in place of the ` +
      `registry: check the login server and the network`,
  );
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    const object = typeof value === "object" && value !== null && !Array.isArray(value);
    return object ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined; // The caller reports that it is not JSON.
  }
}

/** Whether the token may be sent in a header: one with a line break would be cut silently. */
function isToken(value: unknown): value is string {
  return typeof value === "string" && /^[\x21-\x7e]+$/.test(value);
}
