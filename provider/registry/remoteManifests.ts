import type { RegistryResponse } from "../http/transport.js";
import type { Descriptor } from "../oci/descriptor.js";
import { isDigest, parseDigest } from "../oci/digest.js";
import type { EncodedManifest } from "../oci/manifest.js";
import { parseTag } from "../oci/reference.js";
import { deleteContent } from "./deleteContent.js";
import { checkDigestHeader, malformedDigest } from "./digestHeader.js";
import {
  ABSENT_CODES,
  getManifest,
  mediaTypeOf,
  putManifest,
  readRequest,
} from "./manifestRequests.js";
import { asReferrer } from "./referrersDocument.js";
import type { ReferrersIndex } from "./referrersIndex.js";
import { isRegistryAbsence, traitsOf } from "./registryTraits.js";
import type {
  FetchedManifest,
  FetchManifestOptions,
  ManifestStore,
  OperationOptions,
  PushManifestOptions,
} from "./repository.js";
import type { RepositoryContext } from "./repositoryContext.js";
import { manifestPath } from "./urls.js";

/** The manifests of one repository. */
export class RemoteManifests implements ManifestStore {
  readonly #context: RepositoryContext;
  readonly #index: Pick<ReferrersIndex, "add">;

  constructor(context: RepositoryContext, index: Pick<ReferrersIndex, "add">) {
    this.#context = context;
    this.#index = index;
  }

  /**
   * Sends a HEAD, and a GET if the HEAD does not suffice (no digest, or a 404 that may not be the
   * registry's).
   */
  async resolve(
    reference: string,
    options: FetchManifestOptions = {},
  ): Promise<Descriptor | undefined> {
    const request = readRequest(this.#context, "HEAD", reference, options);
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
    return (await getManifest(this.#context, reference, options))?.manifest;
  }

  async push(
    manifest: EncodedManifest,
    options: PushManifestOptions = {},
  ): Promise<{ readonly subjectIndexed: boolean }> {
    const { signal, updateReferrers = true } = options;
    // Only a tag may stand here, although the URL would take a digest, too.
    const tag = options.tag === undefined ? undefined : parseTag(options.tag);
    const answer = await putManifest(this.#context, manifest, { signal, tag });
    const subjectIndexed = answer?.subject !== undefined;
    const referrer = subjectIndexed || !updateReferrers ? undefined : asReferrer(manifest);
    if (referrer !== undefined) {
      await this.#index.add(referrer.subject, referrer.descriptor, { signal });
    }
    return { subjectIndexed };
  }

  async delete(written: string, options: OperationOptions = {}): Promise<boolean> {
    // Only a digest may stand here: many registries would delete the manifest of a tag.
    const digest = parseDigest(written);
    const path = manifestPath(this.#context.repository, digest);
    const content = { kind: "manifest" as const, digest, path, absent: ABSENT_CODES };
    return deleteContent(this.#context, content, options);
  }
}

/** `undefined` if the headers are not sufficient. */
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
