import { type Answer, Refusal, errorAnswer } from "../http/answer.js";
import type { Repository } from "../state/records.js";
import { disallowed } from "../wire/errorBody.js";
import type { Call } from "./call.js";

/**
 * The repository of a list or of repository properties; refuses one that does not exist (go SDK
 * recordings; C11 #72).
 */
export function knownRepository(call: Call): Repository {
  const repository = call.service.state.repositories.get(call.name);
  if (repository !== undefined) return repository;
  throw new Refusal(
    errorAnswer(404, { code: "NAME_UNKNOWN", message: `repository "${call.name}" is not found` }),
  );
}

/** Refuses because of a lock (Azure/acr-cli#70). */
export function locked(): never {
  throw new Refusal(errorAnswer(405, disallowed));
}

export function tagUnknown(): Answer {
  return errorAnswer(404, { code: "TAG_UNKNOWN", message: "the specified tag does not exist" });
}

/**
 * DIGEST_INVALID for a digest that is malformed or does not match the content (go SDK,
 * CompleteUpload_wrongDigest).
 */
export function digestInvalid(detail?: unknown): Answer {
  return errorAnswer(400, {
    code: "DIGEST_INVALID",
    message: "provided digest did not match uploaded content",
    detail,
  });
}

export const malformedDigest = "digest parsing failed";
