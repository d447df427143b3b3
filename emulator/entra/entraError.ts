import { randomUUID } from "node:crypto";

import { type Answer, Refusal } from "../http/answer.js";

/**
 * An error of the token endpoint: OAuth's code (RFC 6749, section 5.2) and Entra's number (Microsoft, "Microsoft Entra
 * authentication and authorization error codes"). The sentences are ours.
 */
export function refuseToken(
  status: number,
  error: string,
  number: number,
  sentence: string,
): never {
  throw new Refusal(tokenError(status, error, number, sentence));
}

function tokenError(status: number, error: string, number: number, sentence: string): Answer {
  const [trace, correlation] = [randomUUID(), randomUUID()];
  const time = `${new Date().toISOString().slice(0, 19).replace("T", " ")}Z`;
  const ids = `Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${time}`;
  return entraJson(status, {
    error,
    error_description: `AADSTS${String(number)}: ${sentence} ${ids}`,
    error_codes: [number],
    timestamp: time,
    trace_id: trace,
    correlation_id: correlation,
  });
}

export function entraJson(status: number, value: object): Answer {
  const headers = {
    "Cache-Control": "no-store, no-cache",
    Pragma: "no-cache",
    "Content-Type": "application/json; charset=utf-8",
    "x-ms-request-id": randomUUID(),
  };
  return { status, headers, body: Buffer.from(JSON.stringify(value)) };
}
