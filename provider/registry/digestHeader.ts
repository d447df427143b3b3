import { IntegrityError, ProtocolError } from "../errors.js";
import type { RegistryResponse } from "../http/transport.js";
import { digestAlgorithm, isDigest, type Digest } from "../oci/digest.js";
import { quoted } from "../oci/printable.js";

/**
 * Compares the digest that the registry reports (`Docker-Content-Digest`), if it does, with ours. A
 * digest of another algorithm cannot be compared: a registry may answer with its canonical one.
 */
export function checkDigestHeader(
  response: RegistryResponse,
  expected: Digest,
  operation: string,
): void {
  const stated = response.header("docker-content-digest");
  if (stated === undefined || stated === expected) return;
  if (!isDigest(stated)) throw malformedDigest(stated, operation);
  if (digestAlgorithm(stated) === digestAlgorithm(expected)) {
    throw otherDigest(operation, expected, stated);
  }
}

export function otherDigest(operation: string, expected: string, actual: string): IntegrityError {
  return new IntegrityError(
    "DIGEST_MISMATCH",
    `${operation}: the registry has ${actual}, expected ${expected}`,
    { expected, actual },
  );
}

export function malformedDigest(stated: string, operation: string): ProtocolError {
  const shown = quoted(stated);
  return new ProtocolError(
    `${operation}: the registry's Docker-Content-Digest ${shown} is no digest`,
  );
}
