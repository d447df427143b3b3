/** One entry of the error document (OCI distribution-spec 1.1, "Error Codes"). */
export interface ErrorEntry {
  readonly code: string;
  readonly message: string;
  /** Left out when undefined; `null` is written, as the service does for `GET /v2/`. */
  readonly detail?: unknown;
}

/**
 * Compact JSON and a newline, like all recorded JSON bodies with a length, except for `{}` of `GET /v2/`.
 */
export function jsonLine(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(value)}\n`);
}

export function errorBody(entries: readonly ErrorEntry[]): Buffer {
  return jsonLine({
    errors: entries.map(({ code, message, detail }) => ({ code, message, detail })),
  });
}

export const authorizationMessage =
  "authentication required, visit https://aka.ms/acr/authorization for more information.";

/** The error for every lock (Azure/acr-cli#70). */
export const disallowed: ErrorEntry = {
  code: "REGISTRY_DISALLOWED_OPERATION",
  message:
    "The operation is disallowed on this registry, repository or image. View troubleshooting steps at " +
    "https://aka.ms/acr/faq/#why-does-my-pull-or-push-request-fail-with-disallowed-operation",
  detail: {},
};

/**
 * The error for throttling: the code of OCI distribution-spec 1.1, with the message seen for artifact
 * cache (Azure/acr#754). No recording of the registry's own is known.
 */
export const tooManyRequests: ErrorEntry = {
  code: "TOOMANYREQUESTS",
  message: "too many requests, please retry later",
};
