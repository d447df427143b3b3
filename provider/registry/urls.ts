import { InputError } from "../errors.js";
import { parseDigest } from "../oci/digest.js";
import { isMeantAsTag, parseRepositoryName, parseTag } from "../oci/reference.js";
import type { ListOrder } from "./repository.js";

/** The API version whose answers `acrAnswers` reads. The service does not require the parameter. */
const API_VERSION = "2021-07-01";

type Query = Readonly<Record<string, string | number | undefined>>;

/** Query parameters of a page of a listing. */
export type PageQuery = {
  readonly n?: number;
  readonly last?: string;
};

export function basePath(): string {
  return "/v2/";
}

export function blobPath(repository: string, digest: string): string {
  return pathOf(`/v2/${named(repository)}/blobs/${parseDigest(digest)}`);
}

/** Starts an upload session (distribution-spec, "POST then PUT"). */
export function uploadsPath(repository: string): string {
  return pathOf(`/v2/${named(repository)}/blobs/uploads/`);
}

/** Sends a blob in one request (distribution-spec, "Single POST"). */
export function singlePostPath(repository: string, digest: string): string {
  return pathOf(uploadsPath(repository), { digest: parseDigest(digest) });
}

/** distribution-spec, "Mounting a blob from another repository". */
export function mountPath(repository: string, digest: string, from: string): string {
  return pathOf(uploadsPath(repository), { mount: parseDigest(digest), from: named(from, "from") });
}

export function manifestPath(repository: string, reference: string): string {
  const valid = isMeantAsTag(reference) ? parseTag(reference) : parseDigest(reference);
  return pathOf(`/v2/${named(repository)}/manifests/${valid}`);
}

export function tagsPath(repository: string, page: PageQuery = {}): string {
  return pathOf(`/v2/${named(repository)}/tags/list`, checkedPage(page));
}

export function referrersPath(repository: string, subject: string, artifactType?: string): string {
  return pathOf(`/v2/${named(repository)}/referrers/${parseDigest(subject)}`, { artifactType });
}

export function catalogPath(page: PageQuery = {}): string {
  return pathOf("/v2/_catalog", checkedPage(page));
}

export function acrCatalogPath(page: PageQuery = {}): string {
  return acrPath("/_catalog", checkedPage(page));
}

export function acrRepositoryPath(repository: string): string {
  return acrPath(`/${named(repository)}`);
}

export function acrTagsPath(
  repository: string,
  query: PageQuery & { readonly orderby?: ListOrder; readonly digest?: string } = {},
): string {
  const digest = query.digest === undefined ? undefined : parseDigest(query.digest);
  return acrPath(`/${named(repository)}/_tags`, { ...checkedPage(query), digest });
}

export function acrTagPath(repository: string, tag: string): string {
  return acrPath(`/${named(repository)}/_tags/${parseTag(tag)}`);
}

export function acrManifestsPath(
  repository: string,
  query: PageQuery & { readonly orderby?: ListOrder } = {},
): string {
  return acrPath(`/${named(repository)}/_manifests`, checkedPage(query));
}

export function acrManifestPath(repository: string, digest: string): string {
  return acrPath(`/${named(repository)}/_manifests/${parseDigest(digest)}`);
}

function acrPath(path: string, query: Query = {}): string {
  return pathOf(`/acr/v1${path}`, { ...query, "api-version": API_VERSION });
}

function named(repository: string, property = "repository"): string {
  return parseRepositoryName(repository, property);
}

function checkedPage<T extends PageQuery>(page: T): T {
  if (page.n === undefined || (Number.isSafeInteger(page.n) && page.n > 0)) return page;
  throw new InputError(
    "pageSize",
    `a page must have a whole number of items, at least 1, not ${page.n}`,
  );
}

/**
 * A last check; names were validated before. The path must stay the same when a URL parser reads it:
 * parsers resolve `..`, even encoded as `%2e%2e`, and turn `\` into `/`, so encoding alone does not
 * protect.
 */
function pathOf(pathname: string, query: Query = {}): string {
  if (new URL(pathname, "https://registry.invalid").pathname !== pathname) {
    throw new InputError("path", `${JSON.stringify(pathname)} would be sent as another path`);
  }
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) parameters.append(name, String(value));
  }
  return parameters.size === 0 ? pathname : `${pathname}?${parameters.toString()}`;
}
