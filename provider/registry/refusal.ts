import { isAcrError, type RegistryError } from "../errors.js";
import { isDigest, type Digest } from "../oci/digest.js";
import type { RepositoryListOptions } from "./repository.js";

/** Tells whether the error is a registry's refusal or a failed connection, with its facts. */
export function isRegistryError(error: unknown): error is RegistryError {
  return isAcrError(error) && "diagnostics" in error && "status" in error;
}

/**
 * Tells whether the registry's own JSON contains one of these codes (distribution-spec, "Error Codes").
 */
export function hasDiagnostic(error: unknown, ...codes: readonly string[]): error is RegistryError {
  return isRegistryError(error) && error.diagnostics.some(({ code }) => codes.includes(code));
}

/**
 * Tells whether the registry said that something does not exist: a 404 with one of these codes in the
 * registry's own JSON. A 404 page of a proxy, a captive portal or a wrong route does not say so; nor does
 * "found, but accept header does not support it", which has the same code.
 */
export function saysAbsent(error: unknown, ...codes: readonly string[]): boolean {
  return (
    hasDiagnostic(error, ...codes) &&
    error.status === 404 &&
    !error.diagnostics.some(({ message }) => /\baccept header\b/i.test(message))
  );
}

/** Waits for the answer; returns `absent` if the registry answered with one of these codes. */
export async function orAbsent<T, A>(
  answer: Promise<T>,
  absent: A,
  ...codes: readonly string[]
): Promise<T | A> {
  try {
    return await answer;
  } catch (error) {
    if (saysAbsent(error, ...codes)) return absent;
    throw error;
  }
}

/**
 * Waits for a page of a repository's listing. `undefined` if the repository does not exist and
 * `mustExist` is not set.
 */
export async function orNothing<T>(
  page: Promise<T>,
  { mustExist = false }: RepositoryListOptions,
): Promise<T | undefined> {
  return mustExist ? page : orAbsent(page, undefined, "NAME_UNKNOWN");
}

/**
 * Reads from a failed push of a manifest which of its blobs the registry does not have; empty for any other
 * error. Push these, even if the registry has just said that they exist, and then the manifest again.
 */
export function missingBlobs(error: unknown): readonly Digest[] {
  if (!isRegistryError(error)) return [];
  const details = error.diagnostics
    .filter(({ code }) => code === "MANIFEST_BLOB_UNKNOWN" || code === "BLOB_UNKNOWN")
    .map(({ detail }) => JSON.stringify(detail ?? ""))
    .join(" ");
  // ACR and distribution give the digest alone; others embed it in a text.
  return [...new Set(details.match(DIGEST) ?? [])].filter(isDigest);
}

const DIGEST = /\bsha(?:256:[a-f0-9]{64}|512:[a-f0-9]{128})\b/g;
