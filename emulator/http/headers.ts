import { randomUUID } from "node:crypto";
import type { OutgoingHttpHeaders } from "node:http";

const strictTransport = "max-age=31536000; includeSubDomains";

/**
 * Headers of every `/v2` and `/acr/v1` answer. The service sends Strict-Transport-Security twice, so it
 * is a list (recorded: C11, all 74 sessions).
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

/** Headers of plain-text pages, which lack Access-Control-Expose-Headers (C11 #10, #18). */
export function pageHeaders(): OutgoingHttpHeaders {
  const headers = registryHeaders();
  delete headers["Access-Control-Expose-Headers"];
  return headers;
}

/** Further headers of successful `/v2` calls, of their errors and of every DELETE (C11 #1, #61). */
export function requestIdHeaders(clientRequestId: string | undefined): OutgoingHttpHeaders {
  return { "X-Ms-Request-Id": randomUUID(), "X-Ms-Client-Request-Id": clientRequestId ?? "" };
}

/** Headers of the token endpoints, which send none of the registry's (C11 #1). */
export function tokenHeaders(): OutgoingHttpHeaders {
  return {
    Server: "AzureContainerRegistry",
    "Strict-Transport-Security": strictTransport,
    "X-Ms-Correlation-Request-Id": randomUUID(),
  };
}
