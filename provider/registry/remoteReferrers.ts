import { ProtocolError, RegistryError } from "../errors.js";
import type { RegistryResponse } from "../http/transport.js";
import type { Descriptor } from "../oci/descriptor.js";
import { type Digest, parseDigest } from "../oci/digest.js";
import { MANIFEST_SIZE_LIMIT, parseManifest } from "../oci/manifest.js";
import { OCI_INDEX } from "../oci/mediaTypes.js";
import { quoted } from "../oci/printable.js";
import { readDiagnosticCodes } from "./jsonAnswer.js";
import { listPages, type Page, type PagePlace } from "./pages.js";
import { referrersTag } from "./referrersDocument.js";
import type { ReferrersIndex } from "./referrersIndex.js";
import { isRegistryError } from "./refusal.js";
import { askKind, isMarkedByRegistry } from "./registryTraits.js";
import type { ManifestStore, OperationOptions, ReferrerStore } from "./repository.js";
import { nameOf, scopeOf, type RepositoryContext } from "./repositoryContext.js";
import { parseServed } from "./parseServed.js";
import { referrersPath } from "./urls.js";

type ListReferrersOptions = OperationOptions & { readonly artifactType?: string };

/** Statuses by which a registry says that the repository, or this API, does not exist. */
const NOTHING: readonly number[] = [400, 404, 405, 501];

/** The referrers of manifests in one repository. */
export class RemoteReferrers implements ReferrerStore {
  readonly #context: RepositoryContext;
  readonly #manifests: Pick<ManifestStore, "fetch">;
  readonly #index: Pick<ReferrersIndex, "add" | "remove">;

  constructor(
    context: RepositoryContext,
    manifests: Pick<ManifestStore, "fetch">,
    index: Pick<ReferrersIndex, "add" | "remove">,
  ) {
    this.#context = context;
    this.#manifests = manifests;
    this.#index = index;
  }

  async add(subject: string, referrer: Descriptor, options: OperationOptions = {}): Promise<void> {
    await this.#index.add(parseDigest(subject), referrer, options);
  }

  async remove(subject: string, digest: string, options: OperationOptions = {}): Promise<void> {
    await this.#index.remove(parseDigest(subject), parseDigest(digest), options);
  }

  async *list(
    digest: string,
    options: ListReferrersOptions = {},
  ): AsyncGenerator<Descriptor, void, undefined> {
    const subject = parseDigest(digest);
    const { artifactType } = options;
    const seen = new Set<string>();
    for await (const referrer of this.#all(subject, options)) {
      if (seen.has(referrer.digest)) continue;
      seen.add(referrer.digest);
      if (artifactType === undefined || referrer.artifactType === artifactType) yield referrer;
    }
  }

  async *#all(subject: Digest, options: ListReferrersOptions): AsyncGenerator<Descriptor> {
    const { transport, repository } = this.#context;
    yield* listPages({
      origin: transport.origin,
      path: referrersPath(repository, subject, options.artifactType),
      fetch: (path, place) => this.#page(path, place, subject, options),
      key: (referrer: Descriptor) => referrer.digest,
    });
    const tag = referrersTag(subject);
    const index = await this.#manifests.fetch(tag, options);
    if (index?.descriptor.mediaType !== OCI_INDEX) return;
    const operation = `read the referrers in ${nameOf(this.#context, tag)}`;
    yield* parseServed(operation, () => parseManifest(index.bytes, OCI_INDEX)).manifests;
  }

  /** One page. `undefined` if the registry has no referrers, or no referrers API. */
  async #page(
    path: string,
    place: PagePlace,
    subject: Digest,
    options: OperationOptions,
  ): Promise<Page<Descriptor> | undefined> {
    const operation = `list the referrers of ${nameOf(this.#context, subject)}`;
    const asked = this.#context.transport.send({
      method: "GET",
      path,
      scopes: [scopeOf(this.#context, "pull")],
      operation,
      headers: { accept: OCI_INDEX },
      expect: place === "first" ? [200, ...NOTHING] : [200],
      repeatable: true,
      signal: options.signal,
    });
    const response = await (place === "first" ? asked : orIncomplete(asked));
    if (response.status !== 200) return this.#checkUnsupported(response, path, operation, options);
    const type = response.header("content-type")?.split(";")[0]?.trim();
    if (type !== OCI_INDEX) {
      await response.discard();
      throw new ProtocolError(
        `${operation}: the registry answered with ${quoted(type ?? "no content type", 100)}`,
      );
    }
    const bytes = await response.bytes(MANIFEST_SIZE_LIMIT);
    const { manifests: items } = parseServed(operation, () => parseManifest(bytes, OCI_INDEX));
    return { items, link: response.header("link") };
  }

  /**
   * Accepts a "not found" only from a registry that lacks the referrers API. It must not come from a
   * portal's page: a manifest without referrers may be deleted.
   */
  async #checkUnsupported(
    response: RegistryResponse,
    path: string,
    operation: string,
    options: OperationOptions,
  ): Promise<undefined> {
    const codes = await readDiagnosticCodes(response);
    if (codes.length > 0 || isMarkedByRegistry(response)) return undefined;
    if ((await askKind(this.#context.transport, options.signal)) !== "unknown") return undefined;
    const [pathname = ""] = path.split("?");
    throw new RegistryError(
      "REJECTED",
      `${operation}: ${this.#context.transport.loginServer} answered ${response.status}, but not like a registry`,
      { method: "GET", url: this.#context.transport.origin + pathname, status: response.status },
    );
  }
}

/** Waits for a page after the first one. If it is refused, the listing fails: it would be incomplete. */
async function orIncomplete(page: Promise<RegistryResponse>): Promise<RegistryResponse> {
  try {
    return await page;
  } catch (error) {
    if (!isRegistryError(error) || !NOTHING.includes(error.status ?? 0)) throw error;
    throw new RegistryError(
      error.code,
      `${error.message}. Earlier pages were read, so the list is not complete: try again`,
      error,
    );
  }
}
