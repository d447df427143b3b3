import type { RepositoryAction } from "../auth/scope.js";
import { InputError } from "../errors.js";
import type { RegistryRequest } from "../http/transport.js";
import { isMeantAsTag, type RepositoryName } from "../oci/reference.js";
import { AcrApi } from "./acrApi.js";
import { readAttributes, readManifest, readRepository, readTag } from "./acrAnswers.js";
import {
  ATTRIBUTE_NAMES,
  type Attributes,
  type ManifestProperties,
  type RepositoryProperties,
  type TagProperties,
} from "./attributes.js";
import { Members, type JsonObject } from "./jsonAnswer.js";
import { listPages, type Page } from "./pages.js";
import { orAbsent, orNothing } from "./refusal.js";
import type {
  AccessOptions,
  AttributeStore,
  ListOrder,
  OperationOptions,
  RepositoryListOptions,
} from "./repository.js";
import { scopeOf, type RepositoryContext } from "./repositoryContext.js";
import {
  acrManifestPath,
  acrManifestsPath,
  acrRepositoryPath,
  acrTagPath,
  acrTagsPath,
} from "./urls.js";

/**
 * The codes by which the service says that a repository, tag or manifest does not exist. It answers
 * TAG_UNKNOWN or MANIFEST_UNKNOWN even if the whole repository is missing.
 */
const ABSENT = ["NAME_UNKNOWN", "TAG_UNKNOWN", "MANIFEST_UNKNOWN"] as const;

/** ACR's metadata of one repository. */
export class AcrAttributes implements AttributeStore {
  readonly #api: AcrApi;
  readonly #context: RepositoryContext;
  readonly #repository: RepositoryName;

  constructor(context: RepositoryContext) {
    this.#api = new AcrApi(context.transport);
    this.#context = context;
    this.#repository = context.repository;
  }

  async repository(options?: AccessOptions): Promise<RepositoryProperties | undefined> {
    const operation = `read the properties of ${this.#repository}`;
    const document = await this.#read(acrRepositoryPath(this.#repository), operation, options);
    return document && readRepository(document, operation);
  }

  async tag(tag: string, options?: AccessOptions): Promise<TagProperties | undefined> {
    const operation = `read the properties of ${this.#repository}:${tag}`;
    const document = await this.#read(acrTagPath(this.#repository, tag), operation, options);
    return document && readTag(document["tag"], operation);
  }

  async manifest(
    reference: string,
    options?: AccessOptions,
  ): Promise<ManifestProperties | undefined> {
    const digest = isMeantAsTag(reference)
      ? (await this.tag(reference, options))?.digest
      : reference;
    if (digest === undefined) return undefined;
    const operation = `read the properties of ${this.#repository}@${digest}`;
    const document = await this.#read(
      acrManifestPath(this.#repository, digest),
      operation,
      options,
    );
    return document && readManifest(document["manifest"], operation);
  }

  async updateRepository(
    attributes: Partial<Attributes>,
    options?: OperationOptions,
  ): Promise<Attributes> {
    const operation = `set attributes of ${this.#repository}`;
    const path = acrRepositoryPath(this.#repository);
    const document = await this.#patch(path, attributes, operation, options);
    return readAttributes(new Members(document, operation));
  }

  async updateTag(
    tag: string,
    attributes: Partial<Attributes>,
    options?: OperationOptions,
  ): Promise<Attributes> {
    const operation = `set attributes of ${this.#repository}:${tag}`;
    const path = acrTagPath(this.#repository, tag);
    const document = await this.#patch(path, attributes, operation, options);
    return readAttributes(new Members(document["tag"], operation));
  }

  async updateManifest(
    reference: string,
    attributes: Partial<Attributes>,
    options: OperationOptions = {},
  ): Promise<Attributes> {
    const digest = isMeantAsTag(reference)
      ? await this.#taggedDigest(reference, options)
      : reference;
    const operation = `set attributes of ${this.#repository}@${digest}`;
    const path = acrManifestPath(this.#repository, digest);
    const document = await this.#patch(path, attributes, operation, options);
    return readAttributes(new Members(document["manifest"], operation));
  }

  listTags(
    options: RepositoryListOptions & {
      readonly digest?: string;
      readonly orderBy?: ListOrder;
    } = {},
  ): AsyncIterable<TagProperties> {
    const { pageSize, after, orderBy, digest } = options;
    const operation = `list the tags of ${this.#repository}`;
    const query = { n: pageSize, last: after, orderby: orderBy, digest };
    const tags = listPages({
      origin: this.#api.origin,
      path: acrTagsPath(this.#repository, query),
      fetch: (path) =>
        this.#page(path, "tags", (item) => readTag(item, operation), operation, options),
      key: (tag: TagProperties) => tag.name,
    });
    return digest === undefined ? tags : tagsOf(digest, tags);
  }

  listManifests(
    options: RepositoryListOptions & { readonly orderBy?: ListOrder } = {},
  ): AsyncIterable<ManifestProperties> {
    const { pageSize, after, orderBy } = options;
    const operation = `list the manifests of ${this.#repository}`;
    return listPages({
      origin: this.#api.origin,
      path: acrManifestsPath(this.#repository, { n: pageSize, last: after, orderby: orderBy }),
      fetch: (path) =>
        this.#page(path, "manifests", (item) => readManifest(item, operation), operation, options),
      key: (manifest: ManifestProperties) => manifest.digest,
    });
  }

  /**
   * Digest of the tagged manifest, because `/acr/v1` takes manifests by digest only. Throws `NOT_FOUND`
   * if there is no such tag.
   */
  async #taggedDigest(tag: string, options: OperationOptions): Promise<string> {
    const operation = `look up the manifest of ${this.#repository}:${tag}`;
    const path = acrTagPath(this.#repository, tag);
    const request = this.#request("GET", path, "metadata_read", operation, options);
    const { document } = await this.#api.json(request);
    return readTag(document["tag"], operation).digest;
  }

  async #page<T>(
    path: string,
    list: string,
    read: (item: unknown) => T,
    operation: string,
    options: RepositoryListOptions,
  ): Promise<Page<T> | undefined> {
    const request = this.#request("GET", path, "metadata_read", operation, options);
    const answer = await orNothing(this.#api.json(request), options);
    if (answer === undefined) return undefined;
    const items = new Members(answer.document, operation).list(list).map(read);
    return { items, link: answer.link };
  }

  async #read(
    path: string,
    operation: string,
    options: AccessOptions = {},
  ): Promise<JsonObject | undefined> {
    const request = this.#request("GET", path, "metadata_read", operation, options);
    const answer = await orAbsent(this.#api.json(request), undefined, ...ABSENT);
    return answer?.document;
  }

  /**
   * Changes attributes. The service merges them with the present ones, so that repeating the request does
   * no harm.
   */
  async #patch(
    path: string,
    attributes: Partial<Attributes>,
    operation: string,
    options: OperationOptions = {},
  ): Promise<JsonObject> {
    const request = this.#request("PATCH", path, "metadata_write", operation, options);
    const { document } = await this.#api.json({
      ...request,
      headers: { "content-type": "application/json" },
      body: attributesBody(attributes),
    });
    return document;
  }

  #request(
    method: "GET" | "PATCH",
    path: string,
    action: RepositoryAction,
    operation: string,
    options: AccessOptions,
  ): RegistryRequest {
    return {
      method,
      path,
      scopes: [scopeOf(this.#context, action)],
      operation,
      expect: [200],
      repeatable: true,
      waitForAccess: options.waitForAccess,
      signal: options.signal,
    };
  }
}

/**
 * Tags of one manifest. The service drops the filter from its links to further pages, so the filter is
 * applied here again.
 */
async function* tagsOf(
  digest: string,
  tags: AsyncIterable<TagProperties>,
): AsyncGenerator<TagProperties, void, undefined> {
  for await (const tag of tags) if (tag.digest === digest) yield tag;
}

/**
 * The body of an update: the changed flags (`{"writeEnabled":false}`) and no other member of the object.
 */
function attributesBody(attributes: Partial<Attributes>): Uint8Array {
  const wanted = ATTRIBUTE_NAMES.filter((name) => attributes[name] !== undefined);
  if (wanted.length === 0) {
    throw new InputError("attributes", `name at least one of ${ATTRIBUTE_NAMES.join(", ")}`);
  }
  return new TextEncoder().encode(
    JSON.stringify(Object.fromEntries(wanted.map((name) => [name, attributes[name]]))),
  );
}
