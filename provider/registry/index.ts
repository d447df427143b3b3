/**
 * `pulumi-acr/client`: a client for Azure Container Registry and other OCI registries.
 *
 * @packageDocumentation
 */
export { RegistryClient, type RegistryClientOptions } from "./registryClient.js";
export { downloadBlob, fileBlob } from "./blobFile.js";
export { manifestFrom } from "./manifestContent.js";
export { missingBlobs } from "./refusal.js";
export { ATTRIBUTE_NAMES } from "./attributes.js";
export type {
  AttributeName,
  Attributes,
  ManifestProperties,
  RepositoryProperties,
  TagProperties,
} from "./attributes.js";
export type {
  AccessOptions,
  AttributeStore,
  BlobReference,
  BlobStore,
  DeletedRepository,
  FetchBlobOptions,
  FetchedManifest,
  FetchManifestOptions,
  ListOptions,
  ListOrder,
  ManifestStore,
  OperationOptions,
  PushBlobOptions,
  PushManifestOptions,
  PushOutcome,
  ReferrerLister,
  ReferrerStore,
  Registry,
  Repository,
  RepositoryListOptions,
  RepositoryOptions,
  TagStore,
  UploadBlobOptions,
} from "./repository.js";
export type { UploadContent, WebStream } from "./uploadContent.js";
export { AZURE_CLOUDS, type AzureCloud } from "../auth/clouds.js";
export type { Credential } from "../auth/credential.js";
export type { RepositoryAction } from "../auth/scope.js";
export { PUBLISHED_RATES, type RegistryTier, type RequestRates } from "../http/requestRates.js";
export type { Blob } from "../oci/blob.js";
export type { Annotations, Descriptor, Platform } from "../oci/descriptor.js";
export {
  type Digest,
  type DigestAlgorithm,
  digestOf,
  Digester,
  isDigest,
  parseDigest,
} from "../oci/digest.js";
export {
  EMPTY_BYTES,
  EMPTY_DESCRIPTOR,
  type EncodedManifest,
  encodeManifest,
  encodeRawManifest,
  type ImageIndex,
  type ImageManifest,
  MANIFEST_SIZE_LIMIT,
  type ParsedManifest,
  parseManifest,
} from "../oci/manifest.js";
export {
  DOCKER_MANIFEST,
  DOCKER_MANIFEST_LIST,
  MANIFEST_TYPES,
  OCI_CONFIG,
  OCI_EMPTY,
  OCI_INDEX,
  OCI_LAYER_TAR,
  OCI_LAYER_TAR_GZIP,
  OCI_MANIFEST,
} from "../oci/mediaTypes.js";
export { memoryBlob } from "../oci/memoryBlob.js";
export {
  formatReference,
  isRepositoryName,
  isTag,
  type ManifestReference,
  parseReference,
  parseRepositoryName,
  parseTag,
  type Reference,
  type RepositoryName,
  type Tag,
} from "../oci/reference.js";
export {
  AcrError,
  type AcrErrorCode,
  ConflictError,
  CredentialError,
  type Diagnostic,
  hasCode,
  InputError,
  IntegrityError,
  isAcrError,
  PackError,
  ProtocolError,
  RegistryError,
} from "../errors.js";
