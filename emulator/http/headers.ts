import { randomUUID } from "node:crypto";
import type { OutgoingHttpHeaders } from "node:http";

const strictTransport = "max-age=31536000; includeSubDomains";

/**
 * Headers of every `/v2` and `/acr/v1` answer. Strict-Transport-Security comes twice from the service, hence the list
 * (recorded: C11, all 74 sessions).
 */
export function registryHeaders(): OutgoingHttpHeaders {
  return {
    Server: "AzureContainerRegistry",
    "Access-Control-Expose-Headers":
      "Docker-Content-Digest, WWW-Authenticate, Link, X-Ms-Correlation-Request-Id",
    "Docker-Distribution-Api-Version": "registry/2.0",
    "Strict-Transport-Security": [strictTransport, strictTransport],
    "X-Content-Type-Options": "nosniff",
    "X-Ms-Correlation-Request-Id": randomUUID(),
  };
}

/** The plain-text pages have no Access-Control-Expose-Headers (C11 #10, #18). */
export function pageHeaders(): OutgoingHttpHeaders {
  const headers = registryHeaders();
  delete headers["Access-Control-Expose-Headers"];
  return headers;
}

/** Successful `/v2` calls, their errors and every DELETE also carry these (C11 #1, #61). */
export function requestIdHeaders(clientRequestId: string | undefined): OutgoingHttpHeaders {
  return { "X-Ms-Request-Id": randomUUID(), "X-Ms-Client-Request-Id": clientRequestId ?? "" };
}

/** Answers of the token endpoints have none of the registry's headers (C11 #1). */
export function tokenHeaders(): OutgoingHttpHeaders {
  return {
    Server: "AzureContainerRegistry",
    "Strict-Transport-Security": strictTransport,
    "X-Ms-Correlation-Request-Id": randomUUID(),
  };
}
