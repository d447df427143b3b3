import { InputError } from "../errors.js";
import type { Digest } from "./digest.js";
import { isDigest } from "./digest.js";
import { isLoginServer } from "./loginServer.js";
import { asWritten } from "./printable.js";

/** A repository name: lower-case path segments (distribution-spec, "Pulling manifests"). */
export type RepositoryName = string & { readonly [repositoryBrand]: true };
/** A tag (distribution-spec, "Pulling manifests"). */
export type Tag = string & { readonly [tagBrand]: true };
declare const repositoryBrand: unique symbol;
declare const tagBrand: unique symbol;

const SEGMENT = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
const REPOSITORY = new RegExp(`^${SEGMENT}(?:/${SEGMENT})*$`);
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
/** Docker's clients limit host name and repository name together to 255 characters. */
const REPOSITORY_LENGTH = 255;

export function isRepositoryName(value: unknown): value is RepositoryName {
  return typeof value === "string" && value.length <= REPOSITORY_LENGTH && REPOSITORY.test(value);
}

export function isTag(value: unknown): value is Tag {
  return typeof value === "string" && TAG.test(value);
}

export function parseRepositoryName(value: string, property = "repository"): RepositoryName {
  if (isRepositoryName(value)) return value;
  throw new InputError(
    property,
    `${asWritten(value)} is not a repository name: expected lower-case letters and digits, separated by ` +
      `".", "_", "-" or "/", at most ${REPOSITORY_LENGTH} characters, for example "charts/web", without a tag or digest`,
  );
}

export function parseTag(value: string, property = "tag"): Tag {
  if (isTag(value)) return value;
  throw new InputError(
    property,
    `${asWritten(value)} is not a tag: expected up to 128 letters, digits, ".", "_" or "-", not beginning ` +
      `with "." or "-"${asWritten(value).includes("+") ? '; the "+" of a version is usually written "_"' : ""}`,
  );
}

/** The two ways to name a manifest in a repository. */
export type ManifestReference = Digest | Tag;

/**
 * Tells whether a reference is meant as a tag. One with a colon can only be a digest, and is reported as
 * one if malformed.
 */
export function isMeantAsTag(reference: unknown): boolean {
  return typeof reference !== "string" || !reference.includes(":");
}

/** `<login server>/<repository>@<digest>` or `<login server>/<repository>:<tag>`; never a scheme. */
export function formatReference(
  loginServer: string,
  repository: string,
  reference: ManifestReference,
): string {
  return `${loginServer}/${repository}${isDigest(reference) ? "@" : ":"}${reference}`;
}

export interface Reference {
  readonly loginServer: string;
  readonly repository: RepositoryName;
  readonly reference: ManifestReference;
}

/** Parses `<login server>/<repository>`; `undefined` if it is anything else. */
export function parseRepositoryReference(
  value: string,
): Pick<Reference, "loginServer" | "repository"> | undefined {
  const slash = value.indexOf("/");
  const loginServer = value.slice(0, Math.max(slash, 0));
  const repository = value.slice(slash + 1);
  if (!isLoginServer(loginServer) || !isRepositoryName(repository)) return undefined;
  return { loginServer, repository };
}

/** Parses what {@link formatReference} writes; `undefined` if it is anything else. */
export function parseReference(value: string): Reference | undefined {
  const slash = value.indexOf("/");
  if (slash < 1) return undefined;
  const loginServer = value.slice(0, slash);
  const rest = value.slice(slash + 1);
  const at = rest.indexOf("@");
  const split = at < 0 ? rest.lastIndexOf(":") : at;
  if (split < 1) return undefined;
  const repository = rest.slice(0, split);
  const reference = rest.slice(split + 1);
  if (!isLoginServer(loginServer) || !isRepositoryName(repository)) return undefined;
  if (at < 0 ? !isTag(reference) : !isDigest(reference)) return undefined;
  return { loginServer, repository, reference: reference as ManifestReference };
}
