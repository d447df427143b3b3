import { hasCode } from "../errors.js";
import { hasDiagnostic, isRegistryError } from "./refusal.js";

/**
 * What a failure within an upload session means for the upload:
 * "restart": nobody knows what the registry took, or it forgot the session; a new one settles it.
 * "cut": the same, and the body may have been too large for the registry or something on the way.
 * "too-large": the body was refused for its size.
 * "give-up": another try would end the same.
 */
export type SessionVerdict = "restart" | "cut" | "too-large" | "give-up";

/** Codes of a session that is gone or out of step (distribution-spec, "Error Codes"). */
const LOST_SESSION = [
  "BLOB_UPLOAD_UNKNOWN",
  "BLOB_UPLOAD_INVALID",
  "BLOB_UPLOAD_RANGE_INVALID",
  "RANGE_INVALID",
  "SIZE_INVALID",
  // Our bytes were right when they left, so the registry joined them wrongly, after a lost answer.
  "DIGEST_INVALID",
] as const;

/** An upload answer that does not fit what was sent. */
export class SessionOutOfStep extends Error {}

export function judgeSession(error: unknown): SessionVerdict {
  if (error instanceof SessionOutOfStep) return "restart";
  if (isRegistryError(error) && error.status === 413) return "too-large";
  // ACR is reported to cut the connection, or the answer, of a body that is too large for it
  // (azure-sdk-for-net#32059), which cannot be told from any other cut.
  if (hasCode(error, "UNAVAILABLE")) return "cut";
  if (hasCode(error, "STALLED")) return "restart";
  if (isRegistryError(error) && error.status === 416) return "restart";
  return hasDiagnostic(error, ...LOST_SESSION) ? "restart" : "give-up";
}
