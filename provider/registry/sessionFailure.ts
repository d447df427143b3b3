import { hasCode, RegistryError } from "../errors.js";
import { hasDiagnostic, isRegistryError } from "./refusal.js";

/**
 * What a failure within an upload session means for the upload:
 * "restart": the registry lost the session, or it is unclear what it received; start a new one.
 * "cut": the same, and the body may have been too large for the registry or a proxy.
 * "too-large": the body was refused for its size.
 * "give-up": another attempt would fail as well.
 */
export type SessionVerdict = "restart" | "cut" | "too-large" | "give-up";

/** Error codes for a session that is lost or out of step (distribution-spec, "Error Codes"). */
const LOST_SESSION = [
  "BLOB_UPLOAD_UNKNOWN",
  "BLOB_UPLOAD_INVALID",
  "BLOB_UPLOAD_RANGE_INVALID",
  "RANGE_INVALID",
  "SIZE_INVALID",
  // Our bytes were verified, so the registry assembled them wrongly, after an answer was lost.
  "DIGEST_INVALID",
] as const;

/** An upload answer that does not fit what was sent. */
export class SessionOutOfStep extends Error {}

export function judgeSession(error: unknown): SessionVerdict {
  if (error instanceof SessionOutOfStep) return "restart";
  if (isRegistryError(error) && error.status === 413) return "too-large";
  // ACR is reported to cut the connection, or the answer, if a body is too large
  // (azure-sdk-for-net#32059). This looks like any other cut.
  if (hasCode(error, "UNAVAILABLE")) return "cut";
  if (hasCode(error, "STALLED")) return "restart";
  if (isRegistryError(error) && error.status === 416) return "restart";
  return hasDiagnostic(error, ...LOST_SESSION) ? "restart" : "give-up";
}

/** The error of an upload that has failed too often, with the facts of its last failure. */
export function exhausted(message: string, cause: unknown, origin: string): RegistryError {
  const facts = isRegistryError(cause) ? cause : undefined;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new RegistryError(facts?.code ?? "UNAVAILABLE", `${message}: ${reason}`, {
    method: facts?.method ?? "PATCH",
    url: facts?.url ?? origin,
    status: facts?.status,
    diagnostics: facts?.diagnostics,
    correlationId: facts?.correlationId,
    cause,
  });
}
