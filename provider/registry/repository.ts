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
import type { UploadContent } from "./uploadContent.js";

export type { AccessOptions, OperationOptions };

/** How a blob came to be in the repository. */
export type PushOutcome = "existed" | "mounted" | "uploaded";

export interface PushBlobOptions extends OperationOptions {
  /** `false`: send the blob without asking whether it exists. Default: ask first, unless it is tiny. */
  readonly askFirst?: boolean;
  /** Called with the bytes handed to the network so far; goes back to where a failed upload begins again. */
  readonly onProgress?: (sentBytes: number) => void;
}

export interface UploadBlobOptions extends OperationOptions {
  /** Media type of the returned descriptor; it is not sent to the registry. Default: `application/octet-stream`. */
  readonly mediaType?: string;
  /** Called with the bytes that the registry has accepted so far. */
  readonly onProgress?: (sentBytes: number) => void;
}

export interface FetchBlobOptions extends OperationOptions {
  /** Called with the bytes received so far; never decreases, since a broken download is resumed. */
  readonly onProgress?: (receivedBytes: number) => void;
}

/** What to download: a descriptor, or a digest alone. */
export type BlobReference = string | { readonly digest: string; readonly size?: number };

/** Blobs of one repository (distribution-spec, "Pulling blobs", "Pushing Blobs"). */
export interface BlobStore {
  exists(digest: string, options?: OperationOptions): Promise<boolean>;
  /**
   * Opens the content as a stream. Before its end, the stream fails with `DIGEST_MISMATCH` or
   * `SIZE_MISMATCH` if the bytes do not match the descriptor. Without a size, the registry's is used; the
   * digest is verified in any case. A broken connection is resumed with `Range`.
   * @throws AcrError `NOT_FOUND` if the registry does not have the blob.
   */
  fetch(blob: BlobReference, options?: FetchBlobOptions): Promise<Readable>;
  /** Uploads the blob unless it exists. Bytes are verified against the descriptor while they are sent. */
  push(blob: Blob, options?: PushBlobOptions): Promise<PushOutcome>;
  /**
   * Uploads bytes whose digest is not known beforehand: it is computed while they are sent. Returns the
   * descriptor of what was uploaded. A stream is read once, in pieces of 4 MiB; a piece that fails
   * temporarily is sent again, but if the registry drops the session the upload fails. For content that
   * can be read again (`memoryBlob`, `fileBlob`), `push` is better. Streams of Node and of the web are
   * closed, however the upload ends.
   */
  upload(content: Uint8Array | UploadContent, options?: UploadBlobOptions): Promise<Descriptor>;
  /**
   * Takes a blob from another repository of the same registry without a transfer. `false` if that is not possible.
   * @throws AcrError `DENIED` if the identity may not pull from there.
   */
  mount(digest: string, from: string, options?: AccessOptions): Promise<boolean>;
  /** Deletes the blob. `false` if it did not exist. */
  delete(digest: string, options?: OperationOptions): Promise<boolean>;
}

/** A manifest as the registry sent it, with a verified digest. */
export interface FetchedManifest extends EncodedManifest {}

export interface FetchManifestOptions extends OperationOptions {
  /** Media types to accept in addition to the usual ones. The service hides manifests of types that are not accepted. */
  readonly accept?: readonly string[];
}

export interface PushManifestOptions extends OperationOptions {
  /** Tag to put on the manifest. */
  readonly tag?: string;
  /**
   * What to do if the registry does not index a manifest with a `subject`. `true` (default): add it to the
   * subject's list of referrers (see {@link ReferrerStore.add}). `false`: do not, for a caller that pushes
   * the same manifest again, or lists it later.
   */
  readonly updateReferrers?: boolean;
}

/** Manifests of one repository (distribution-spec, "Pulling manifests", "Pushing Manifests"). */
export interface ManifestStore {
  /** Descriptor of what a tag or digest names. `undefined` if the registry says that it does not exist. */
  resolve(reference: string, options?: FetchManifestOptions): Promise<Descriptor | undefined>;
  /** The manifest's bytes, with a verified digest. `undefined` if the registry says that it does not exist. */
  fetch(reference: string, options?: FetchManifestOptions): Promise<FetchedManifest | undefined>;
  /**
   * Writes the manifest under its digest, or under a tag. Idempotent; the digest that the registry reports
   * is compared with ours. Afterwards a manifest with a `subject` is among the subject's referrers: either
   * the registry has indexed it (`OCI-Subject`; one request in all), or it is added to the list that
   * clients keep under a tag. If adding fails, the manifest exists nevertheless, and pushing it again
   * completes the list. Returns whether the registry indexed it itself.
   */
  push(
    manifest: EncodedManifest,
    options?: PushManifestOptions,
  ): Promise<{ readonly subjectIndexed: boolean }>;
  /**
   * Deletes the manifest and every tag that names it. `false` if it did not exist. This is one request,
   * which does not touch what the manifest refers to: before you delete a manifest with a `subject`, call
   * {@link ReferrerStore.remove}.
   */
  delete(digest: string, options?: OperationOptions): Promise<boolean>;
}

/** Order of ACR's listings: newest or oldest first. Default: by name. */
export type ListOrder = "timedesc" | "timeasc";

export interface ListOptions extends OperationOptions {
  /** Items per request; the service has a maximum. */
  readonly pageSize?: number;
  /**
   * Begin after this item (a name, or for manifests a digest): the last item of an earlier listing in the
   * same order.
   */
  readonly after?: string;
}

export interface RepositoryListOptions extends ListOptions {
  /** `true`: fail with `NOT_FOUND` if the repository does not exist. Default `false`: its listing is empty. */
  readonly mustExist?: boolean;
}

/** Tags of one repository. */
export interface TagStore {
  /** Names of the tags, in byte order (distribution-spec, "Listing Tags"). Empty if the repository does not exist. */
  list(options?: RepositoryListOptions): AsyncIterable<string>;
  /** Removes the tag but not the manifest. `false` if it did not exist. ACR only, else `UNSUPPORTED`. */
  delete(tag: string, options?: OperationOptions): Promise<boolean>;
}

/** Manifests that name another one as their subject (distribution-spec, "Listing Referrers"). */
export interface ReferrerLister {
  /**
   * Descriptors of the subject's referrers, from the referrers API and the tag schema, since some clients
   * write the latter even where the API exists. `artifactType` works even if the registry cannot filter.
   */
  list(
    subject: string,
    options?: OperationOptions & { readonly artifactType?: string },
  ): AsyncIterable<Descriptor>;
}

/**
 * The list of a manifest's referrers that clients keep under the tag `sha256-<hex>` if the registry does not
 * list referrers itself (distribution-spec, "Referrers Tag Schema"): some other registries, and ACR with
 * customer-managed keys.
 *
 * The entries of others are kept. Writers in one process take turns. Against other writers, the write is
 * conditional if the registry supports `If-Match`, and it is checked afterwards and repeated until it lasts.
 * One risk remains: a client that overwrites the list some time after reading it can undo an entry.
 * Replaced lists are deleted if that is permitted. `CONFLICT` if others overwrite the list again and again,
 * or if the tag names something else.
 */
export interface ReferrerStore extends ReferrerLister {
  /**
   * Adds a referrer to the list. Needs one request if it is listed already, else at least four. Only
   * needed for a manifest that exists already, since `manifests.push` does this itself.
   */
  add(subject: string, referrer: Descriptor, options?: OperationOptions): Promise<void>;
  /**
   * Removes a referrer from the list; call it before you delete the referrer. An empty list is deleted.
   * Needs one request if there is no list, or if the referrer is not in it.
   */
  remove(subject: string, digest: string, options?: OperationOptions): Promise<void>;
}

/**
 * ACR's metadata of a repository, its tags and manifests (`/acr/v1`). Reads return `undefined` if the service
 * says that the repository, tag or manifest does not exist. `UNSUPPORTED` if the registry is not an ACR.
 */
export interface AttributeStore {
  repository(options?: AccessOptions): Promise<RepositoryProperties | undefined>;
  tag(tag: string, options?: AccessOptions): Promise<TagProperties | undefined>;
  /** Of the manifest with this digest, or of the one that this tag names, which takes a second request. */
  manifest(tagOrDigest: string, options?: AccessOptions): Promise<ManifestProperties | undefined>;
  /** Sets the given attributes and keeps the others. `NOT_FOUND` if the repository does not exist. */
  updateRepository(
    attributes: Partial<Attributes>,
    options?: OperationOptions,
  ): Promise<Attributes>;
  /** Sets the given attributes and keeps the others. `NOT_FOUND` if the tag does not exist. */
  updateTag(
    tag: string,
    attributes: Partial<Attributes>,
    options?: OperationOptions,
  ): Promise<Attributes>;
  /** Sets the given attributes and keeps the others. `NOT_FOUND` if the manifest, or the tag, does not exist. */
  updateManifest(
    tagOrDigest: string,
    attributes: Partial<Attributes>,
    options?: OperationOptions,
  ): Promise<Attributes>;
  /** The repository's tags, or those of one manifest. Empty if the repository does not exist. */
  listTags(
    options?: RepositoryListOptions & { readonly digest?: string; readonly orderBy?: ListOrder },
  ): AsyncIterable<TagProperties>;
  /** The repository's manifests. Empty if the repository does not exist. */
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
   * What you are going to do, if you know. Access tokens are requested with these actions from the start,
   * so that reading before writing needs one token instead of two.
   */
  readonly actions?: readonly RepositoryAction[];
}

/** One registry. */
export interface Registry {
  /** Host and port, without a scheme. */
  readonly loginServer: string;
  repository(name: string, options?: RepositoryOptions): Repository;
  /** Names of all repositories, in byte order. Needs the catalog permission, which repository-scoped tokens lack. */
  repositories(options?: ListOptions): AsyncIterable<string>;
  /** Deletes a repository with everything in it. `undefined` if it did not exist. ACR only. */
  deleteRepository(
    name: string,
    options?: OperationOptions,
  ): Promise<DeletedRepository | undefined>;
}
