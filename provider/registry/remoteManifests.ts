import { parseTag } from "../oci/reference.js";
import { ProtocolError } from "../errors.js";
import type { RegistryRequest, RegistryResponse } from "../http/transport.js";
import type { Descriptor } from "../oci/descriptor.js";
import { digestAlgorithm, digestOf, isDigest, parseDigest, type Digest } from "../oci/digest.js";
import { checkManifestKind, MANIFEST_SIZE_LIMIT, type EncodedManifest } from "../oci/manifest.js";
import { isMediaType, MANIFEST_TYPES } from "../oci/mediaTypes.js";
import { deleteContent } from "./deleteContent.js";
import { checkDigestHeader, malformedDigest, otherDigest } from "./digestHeader.js";
import { orAbsent } from "./refusal.js";
import { isRegistryAbsence, traitsOf } from "./registryTraits.js";
import type {
  FetchedManifest,
  FetchManifestOptions,
  ManifestStore,
  OperationOptions,
} from "./repository.js";
import { nameOf, scopeOf, type RepositoryContext } from "./repositoryContext.js";
import { served } from "./servedManifest.js";
import { manifestPath } from "./urls.js";

/**
 * The service answers "not found" to a type that Accept leaves out, and a tag that is taken must not
 * look free: so the types that came before OCI 1.1's artifacts are named too.
 */
const ACCEPTED: readonly string[] = [
  ...MANIFEST_TYPES,
  "application/vnd.oci.artifact.manifest.v1+json",
  "application/vnd.cncf.oras.artifact.manifest.v1+json",
  "*/*",
];
const ABSENT = ["MANIFEST_UNKNOWN", "NAME_UNKNOWN", "TAG_UNKNOWN"] as const;

/** Manifests of one repository. */
export class RemoteManifests implements ManifestStore {
  readonly #context: RepositoryContext;

  constructor(context: RepositoryContext) {
    this.#context = context;
  }

  /** One HEAD. Where that does not tell (no digest, an unsigned 404), a GET does. */
  async resolve(
    reference: string,
    options: FetchManifestOptions = {},
  ): Promise<Descriptor | undefined> {
    const request = this.#read("HEAD", reference, "look up", options);
    const response = await this.#context.transport.send({ ...request, expect: [200, 404] });
    traitsOf(this.#context.transport).observe(response);
    await response.discard();
    if (response.status === 404 && isRegistryAbsence(response)) return undefined;
    const descriptor =
      response.status === 200 ? headDescriptor(response, reference, request.operation) : undefined;
    return descriptor ?? (await this.fetch(reference, options))?.descriptor;
  }

  async fetch(
    reference: string,
    options: FetchManifestOptions = {},
  ): Promise<FetchedManifest | undefined> {
    const request = this.#read("GET", reference, "fetch", options);
    return orAbsent(this.#fetch(request, reference), undefined, ...ABSENT);
  }

  async #fetch(request: RegistryRequest, reference: string): Promise<FetchedManifest> {
    const response = await this.#context.transport.send(request);
    traitsOf(this.#context.transport).observe(response);
    const bytes = await response.bytes(MANIFEST_SIZE_LIMIT);
    const mediaType = mediaTypeOf(response, request.operation);
    const digest = verifiedDigest(bytes, response, reference, request.operation);
    served(request.operation, () => checkManifestKind(bytes, mediaType));
    return { bytes, descriptor: { mediaType, digest, size: bytes.length } };
  }

  async push(
    manifest: EncodedManifest,
    options: OperationOptions & { readonly tag?: string } = {},
  ): Promise<{ readonly subjectIndexed: boolean }> {
    const { descriptor, bytes } = manifest;
    // Not whatever can stand in this place of the path: a digest is no tag.
    const reference = options.tag === undefined ? descriptor.digest : parseTag(options.tag);
    const operation = `push the manifest ${nameOf(this.#context, reference)}`;
    const response = await this.#context.transport.send({
      method: "PUT",
      path: manifestPath(this.#context.repository, reference),
      scopes: [scopeOf(this.#context, "pull", "push")],
      operation,
      headers: { "content-type": descriptor.mediaType },
      body: bytes,
      expect: [201],
      repeatable: true,
      signal: options.signal,
    });
    await response.discard();
    checkDigestHeader(response, descriptor.digest, operation);
    return { subjectIndexed: response.header("oci-subject") !== undefined };
  }

  async delete(written: string, options: OperationOptions = {}): Promise<boolean> {
    // A tag in this place would delete its manifest on other registries.
    const digest = parseDigest(written);
    const path = manifestPath(this.#context.repository, digest);
    const content = { kind: "manifest" as const, digest, path, absent: ABSENT };
    return deleteContent(this.#context, content, options);
  }

  #read(
    method: "GET" | "HEAD",
    reference: string,
    verb: string,
    options: FetchManifestOptions,
  ): RegistryRequest {
    return {
      method,
      path: manifestPath(this.#context.repository, reference),
      scopes: [scopeOf(this.#context, "pull")],
      operation: `${verb} the manifest ${nameOf(this.#context, reference)}`,
      headers: { accept: [...(options.accept ?? []), ...ACCEPTED].join(", ") },
      expect: [200],
      repeatable: true,
      signal: options.signal,
    };
  }
}

/** `undefined` if the headers do not suffice. */
function headDescriptor(
  response: RegistryResponse,
  reference: string,
  operation: string,
): Descriptor | undefined {
  const stated = response.header("docker-content-digest");
  const size = Number(response.header("content-length") ?? Number.NaN);
  const type = response.header("content-type");
  if (stated === undefined || type === undefined || !Number.isSafeInteger(size)) return undefined;
  const digest = isDigest(reference) ? reference : stated;
  if (!isDigest(digest)) throw malformedDigest(stated, operation);
  checkDigestHeader(response, digest, operation);
  return { mediaType: mediaTypeOf(response, operation), digest, size };
}

/** Over the raw bytes, whatever the header says; a tag has only the header to be compared with. */
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

function mediaTypeOf(response: RegistryResponse, operation: string): string {
  const header = response.header("content-type") ?? "";
  const [type = ""] = header.split(";");
  if (isMediaType(type.trim())) return type.trim();
  throw new ProtocolError(
    `${operation}: the registry gave ${JSON.stringify(header)} as the manifest's Content-Type`,
  );
}
