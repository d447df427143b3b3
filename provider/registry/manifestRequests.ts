import { ProtocolError } from "../errors.js";
import type { RegistryRequest, RegistryResponse } from "../http/transport.js";
import { digestAlgorithm, digestOf, isDigest, type Digest } from "../oci/digest.js";
import { checkManifestKind, MANIFEST_SIZE_LIMIT, type EncodedManifest } from "../oci/manifest.js";
import {
  isMediaType,
  MANIFEST_TYPES,
  OCI_ARTIFACT_MANIFEST,
  ORAS_ARTIFACT_MANIFEST,
} from "../oci/mediaTypes.js";
import type { Tag } from "../oci/reference.js";
import { checkDigestHeader, malformedDigest, otherDigest } from "./digestHeader.js";
import { orAbsent } from "./refusal.js";
import { traitsOf } from "./registryTraits.js";
import type { FetchedManifest, FetchManifestOptions, OperationOptions } from "./repository.js";
import { nameOf, scopeOf, type RepositoryContext } from "./repositoryContext.js";
import { parseServed } from "./parseServed.js";
import { manifestPath } from "./urls.js";
import { quoted } from "../oci/printable.js";

/**
 * The service answers "not found" for a manifest whose type is not in Accept, and a tag in use must not
 * look free. So the list also has the artifact types from before OCI 1.1.
 */
const ACCEPTED: readonly string[] = [
  ...MANIFEST_TYPES,
  OCI_ARTIFACT_MANIFEST,
  ORAS_ARTIFACT_MANIFEST,
  "*/*",
];

/** Error codes by which registries say that a manifest does not exist. */
export const ABSENT_CODES = ["MANIFEST_UNKNOWN", "NAME_UNKNOWN", "TAG_UNKNOWN"] as const;

export function readRequest(
  context: RepositoryContext,
  method: "GET" | "HEAD",
  reference: string,
  options: FetchManifestOptions,
): RegistryRequest {
  const verb = method === "GET" ? "fetch" : "look up";
  return {
    method,
    path: manifestPath(context.repository, reference),
    scopes: [scopeOf(context, "pull")],
    operation: `${verb} the manifest ${nameOf(context, reference)}`,
    headers: { accept: [...(options.accept ?? []), ...ACCEPTED].join(", ") },
    expect: [200],
    repeatable: true,
    signal: options.signal,
  };
}

/** A manifest with its entity tag, by which a later write can require that it has not changed. */
export interface ServedManifest {
  readonly manifest: FetchedManifest;
  readonly etag: string | undefined;
}

export async function getManifest(
  context: RepositoryContext,
  reference: string,
  options: FetchManifestOptions = {},
): Promise<ServedManifest | undefined> {
  const request = readRequest(context, "GET", reference, options);
  return orAbsent(read(context, request, reference), undefined, ...ABSENT_CODES);
}

async function read(
  context: RepositoryContext,
  request: RegistryRequest,
  reference: string,
): Promise<ServedManifest> {
  const response = await context.transport.send(request);
  traitsOf(context.transport).observe(response);
  const bytes = await response.bytes(MANIFEST_SIZE_LIMIT);
  const mediaType = mediaTypeOf(response, request.operation);
  const digest = verifiedDigest(bytes, response, reference, request.operation);
  parseServed(request.operation, () => checkManifestKind(bytes, mediaType));
  const descriptor = { mediaType, digest, size: bytes.length };
  return { manifest: { bytes, descriptor }, etag: response.header("etag") };
}

/** Conditions of a write (RFC 9110, section 13.1); registries that do not know them ignore them. */
export type Precondition =
  Readonly<Record<"if-match", string>> | Readonly<Record<"if-none-match", "*">>;

/**
 * Writes a manifest. Returns the `OCI-Subject` of the answer as `subject`, or `undefined` if the
 * precondition failed.
 */
export async function putManifest(
  context: RepositoryContext,
  { descriptor, bytes }: EncodedManifest,
  options: OperationOptions & { readonly tag?: Tag; readonly precondition?: Precondition } = {},
): Promise<{ readonly subject: string | undefined } | undefined> {
  const { tag, precondition, signal } = options;
  const reference = tag ?? descriptor.digest;
  const operation = `push the manifest ${nameOf(context, reference)}`;
  const response = await context.transport.send({
    method: "PUT",
    path: manifestPath(context.repository, reference),
    scopes: [scopeOf(context, "pull", "push")],
    operation,
    headers: { "content-type": descriptor.mediaType, ...precondition },
    body: bytes,
    expect: precondition === undefined ? [201] : [201, PRECONDITION_FAILED],
    repeatable: true,
    signal,
  });
  await response.discard();
  if (response.status === PRECONDITION_FAILED) return undefined;
  checkDigestHeader(response, descriptor.digest, operation);
  return { subject: response.header("oci-subject") };
}

const PRECONDITION_FAILED = 412;

/**
 * Computes the digest of the bytes received. For a tag, the only digest to compare it with is the
 * header's.
 */
function verifiedDigest(
  bytes: Uint8Array,
  response: RegistryResponse,
  reference: string,
  operation: string,
): Digest {
  const stated = response.header("docker-content-digest");
  if (stated !== undefined && !isDigest(stated)) throw malformedDigest(stated, operation);
  const expected = isDigest(reference) ? reference : (stated as Digest | undefined);
  if (expected === undefined) return digestOf(bytes);
  const actual = digestOf(bytes, digestAlgorithm(expected));
  if (actual !== expected) throw otherDigest(operation, expected, actual);
  checkDigestHeader(response, expected, operation);
  return expected;
}

export function mediaTypeOf(response: RegistryResponse, operation: string): string {
  const header = response.header("content-type") ?? "";
  const [type = ""] = header.split(";");
  if (isMediaType(type.trim())) return type.trim();
  throw new ProtocolError(
    `${operation}: the registry gave ${quoted(header)} as the manifest's Content-Type`,
  );
}
