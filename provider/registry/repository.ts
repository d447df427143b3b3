import type { AccessOptions, OperationOptions } from "./operationOptions.js";
import type { Readable } from "node:stream";
import type { RepositoryAction } from "../auth/scope.js";
import type { Blob } from "../oci/blob.js";
import type { Descriptor } from "../oci/descriptor.js";
import type { EncodedManifest } from "../oci/manifest.js";
import type { RepositoryName } from "../oci/reference.js";
import type {
  Attributes,
  ManifestProperties,
  RepositoryProperties,
  TagProperties,
} from "./attributes.js";

export type { AccessOptions, OperationOptions };

/** How a blob came to be in the repository. */
export type PushOutcome = "existed" | "mounted" | "uploaded";

export interface PushBlobOptions extends OperationOptions {
  /** `false`: send without asking whether it is there. Default: ask first, unless it is tiny. */
  readonly askFirst?: boolean;
  /** Bytes handed to the network so far; starts again at 0 when the session is restarted. */
  readonly onProgress?: (sentBytes: number) => void;
}

export interface UploadBlobOptions extends OperationOptions {
  /** Media type of the descriptor that is answered; the registry is not told. Default: `application/octet-stream`. */
  readonly mediaType?: string;
  /** Bytes that the registry has taken so far. */
  readonly onProgress?: (sentBytes: number) => void;
}

export interface FetchBlobOptions extends OperationOptions {
  /** Bytes received so far; never falls, since a cut connection is resumed and not begun anew. */
  readonly onProgress?: (receivedBytes: number) => void;
}

/** What to download: a descriptor, or the digest, which can be checked without knowing the size. */
export type BlobReference = string | { readonly digest: string; readonly size?: number };

/** Blobs of one repository (distribution-spec, "Pulling blobs", "Pushing Blobs"). */
export interface BlobStore {
  exists(digest: string, options?: OperationOptions): Promise<boolean>;
  /**
   * Opens the content. The stream fails, before it ends, with `DIGEST_MISMATCH` or `SIZE_MISMATCH` if
   * the bytes are not the descriptor's; a cut connection is resumed with `Range`. Where the size is
   * not given, it is what the registry says, and the digest decides all the same.
   * Throws `NOT_FOUND` if the registry does not have it.
   */
  fetch(blob: BlobReference, options?: FetchBlobOptions): Promise<Readable>;
  /** Makes sure that the blob is there. Bytes are checked against the descriptor while they are sent. */
  push(blob: Blob, options?: PushBlobOptions): Promise<PushOutcome>;
  /**
   * Uploads bytes whose digest is not known beforehand: it is computed while they are sent, and the
   * descriptor of what was uploaded is answered. A stream is read once, 4 MiB at a time; what fails in
   * passing is sent again from there, but a session that the registry gives up ends the upload. What
   * can be opened again (`memoryBlob`, `fileBlob`) is better pushed.
   */
  upload(
    content: Uint8Array | AsyncIterable<Uint8Array>,
    options?: UploadBlobOptions,
  ): Promise<Descriptor>;
  /** Takes over a blob of another repository of the registry; `false` if that is not possible. */
  mount(digest: string, from: string, options?: AccessOptions): Promise<boolean>;
  /** `false` if it was not there. */
  delete(digest: string, options?: OperationOptions): Promise<boolean>;
}

/** A manifest as the registry sent it, digest checked. */
export interface FetchedManifest extends EncodedManifest {}

export interface FetchManifestOptions extends OperationOptions {
  /** Media types to accept beside the usual ones: the service hides a manifest of any other type. */
  readonly accept?: readonly string[];
}

export interface PushManifestOptions extends OperationOptions {
  /** Put it under this tag, too. */
  readonly tag?: string;
  /**
   * What to do about a manifest with a `subject` that the registry did not index. Default, `true`: it
   * is added to the list of the subject's referrers (see {@link ReferrerStore.add}). `false`: it is
   * not, for whoever pushes the same manifest again, or lists it later.
   */
  readonly updateReferrers?: boolean;
}

/** Manifests of one repository (distribution-spec, "Pulling manifests", "Pushing Manifests"). */
export interface ManifestStore {
  /** Descriptor of what a tag or digest names; `undefined` if the registry says it is absent. */
  resolve(reference: string, options?: FetchManifestOptions): Promise<Descriptor | undefined>;
  /** Raw bytes, digest checked; `undefined` if the registry says it is absent. */
  fetch(reference: string, options?: FetchManifestOptions): Promise<FetchedManifest | undefined>;
  /**
   * Writes the manifest under its digest, or under a tag. Idempotent; the registry's own digest is
   * compared with ours. A manifest with a `subject` is then found among that one's referrers: the
   * registry says that it indexed it (`OCI-Subject`, one request in all), or, where it does not, the
   * manifest is added to the list that clients keep under a tag. If that fails, the manifest is there
   * all the same, and pushing it again completes it. Answers whether the registry indexed it itself.
   */
  push(
    manifest: EncodedManifest,
    options?: PushManifestOptions,
  ): Promise<{ readonly subjectIndexed: boolean }>;
  /**
   * Deletes by digest, and with it every tag that names it; `false` if it was not there. One request:
   * what the manifest refers to is not looked at. Before a manifest with a `subject` is deleted, take
   * it out of the list by {@link ReferrerStore.remove}.
   */
  delete(digest: string, options?: OperationOptions): Promise<boolean>;
}

/** Order of ACR's listings; absent: by name. */
export type ListOrder = "timedesc" | "timeasc";

export interface ListOptions extends OperationOptions {
  /** Items per request; the service caps it. */
  readonly pageSize?: number;
  /**
   * Begins behind this item (a name, or the digest where manifests are listed), which was the last one
   * of an earlier listing in the same order.
   */
  readonly after?: string;
}

export interface RepositoryListOptions extends ListOptions {
  /** `true`: a repository that does not exist is an error, `NOT_FOUND`. Default: its listing is empty. */
  readonly mustExist?: boolean;
}

/** Tags of one repository. */
export interface TagStore {
  /** Names in byte order (distribution-spec, "Listing Tags"); empty if the repository does not exist. */
  list(options?: RepositoryListOptions): AsyncIterable<string>;
  /** Removes the tag, not the manifest (ACR only, else `UNSUPPORTED`); `false` if it was not there. */
  delete(tag: string, options?: OperationOptions): Promise<boolean>;
}

/** Manifests that name another one as their subject (distribution-spec, "Listing Referrers"). */
export interface ReferrerLister {
  /**
   * From the referrers API and from the tag schema, merged: clients write the schema even where the
   * API exists. Filtered by artifact type on our side if the registry does not do it.
   */
  list(
    subject: string,
    options?: OperationOptions & { readonly artifactType?: string },
  ): AsyncIterable<Descriptor>;
}

/**
 * The list of a manifest's referrers that clients keep under a tag, `sha256-<hex>`, where the registry
 * does not do it (distribution-spec, "Referrers Tag Schema"): other registries, and ACR with
 * customer-managed keys. Entries of others are kept. Writers of one process take turns; against
 * others, the write is conditional where the registry minds `If-Match`, and is looked at again and
 * repeated until it lasts. What remains: a client that overwrites the list without looking, more than
 * a moment after it has read it, can undo an entry. `CONFLICT` if others overwrite it again and again,
 * or if the tag names something else. Lists that were replaced are deleted, if that is permitted.
 */
export interface ReferrerStore extends ReferrerLister {
  /**
   * Adds a referrer to the list. One request if it is there, else four at least. Only needed for a
   * manifest that is there already: `manifests.push` does it by itself.
   */
  add(subject: string, referrer: Descriptor, options?: OperationOptions): Promise<void>;
  /**
   * Takes a referrer out of the list, before it is deleted; the last one takes the list with it. One
   * request if there is no list, or if it does not name the referrer.
   */
  remove(subject: string, digest: string, options?: OperationOptions): Promise<void>;
}

/**
 * ACR's metadata of a repository (`/acr/v1`). Reads answer `undefined` if the service says that the
 * thing is absent; everything throws `UNSUPPORTED` where the registry is not an ACR.
 */
export interface AttributeStore {
  repository(options?: AccessOptions): Promise<RepositoryProperties | undefined>;
  tag(tag: string, options?: AccessOptions): Promise<TagProperties | undefined>;
  manifest(digest: string, options?: AccessOptions): Promise<ManifestProperties | undefined>;
  /** Sets the given attributes, leaves the others; `NOT_FOUND` if the thing is absent. */
  updateRepository(
    attributes: Partial<Attributes>,
    options?: OperationOptions,
  ): Promise<Attributes>;
  updateTag(
    tag: string,
    attributes: Partial<Attributes>,
    options?: OperationOptions,
  ): Promise<Attributes>;
  updateManifest(
    digest: string,
    attributes: Partial<Attributes>,
    options?: OperationOptions,
  ): Promise<Attributes>;
  /** Empty if the repository does not exist. */
  listTags(
    options?: RepositoryListOptions & { readonly digest?: string; readonly orderBy?: ListOrder },
  ): AsyncIterable<TagProperties>;
  listManifests(
    options?: RepositoryListOptions & { readonly orderBy?: ListOrder },
  ): AsyncIterable<ManifestProperties>;
}

/** One repository of a registry. It need not exist: the first manifest creates it. */
export interface Repository {
  readonly name: RepositoryName;
  readonly blobs: BlobStore;
  readonly manifests: ManifestStore;
  readonly tags: TagStore;
  readonly referrers: ReferrerStore;
  readonly attributes: AttributeStore;
}

/** What deleting a repository took with it. */
export interface DeletedRepository {
  readonly manifests: readonly string[];
  readonly tags: readonly string[];
}

export interface RepositoryOptions {
  /**
   * What is going to be done to the repository, where the caller knows: access tokens are asked for
   * with these actions from the first request on, so that reading before writing costs one token
   * instead of two.
   */
  readonly actions?: readonly RepositoryAction[];
}

/** One registry. */
export interface Registry {
  /** Host and port, without a scheme. */
  readonly loginServer: string;
  repository(name: string, options?: RepositoryOptions): Repository;
  /** Names in byte order. Needs the catalog permission; repository-scoped tokens do not have it. */
  repositories(options?: ListOptions): AsyncIterable<string>;
  /** ACR only; `undefined` if it was not there. */
  deleteRepository(
    name: string,
    options?: OperationOptions,
  ): Promise<DeletedRepository | undefined>;
}
