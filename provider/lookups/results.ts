import type { Annotations, Platform } from "../oci/descriptor.js";
import type { Attributes } from "../registry/attributes.js";

// Results of the look-ups: plain values, absent members left out. Must be readable by TypeScript 3.8.

/** Content that a manifest names, or a manifest itself. */
export interface ContentResult {
  readonly mediaType: string;
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  readonly annotations: Annotations;
}

/** One layer of an artifact. */
export interface LayerResult extends ContentResult {
  /** The annotation `org.opencontainers.image.title`: the name of a file or folder. */
  readonly title?: string;
}

/** A manifest of an index, or a referrer. */
export interface ManifestDescriptorResult extends ContentResult {
  readonly artifactType?: string;
  readonly platform?: Platform;
  /** `<login server>/<repository>@<digest>`. */
  readonly reference: string;
}

/** Metadata of a tag or manifest that only ACR has. Absent on other registries. */
export interface MetadataResult {
  /** ISO 8601, UTC. */
  readonly createdTime?: string;
  /** For a tag: when it was last moved. */
  readonly lastUpdateTime?: string;
  /** The four attributes; `writeEnabled: false` is a lock. */
  readonly attributes?: Attributes;
}

/** An artifact, image or index. */
export interface ArtifactResult extends ContentResult, MetadataResult {
  readonly loginServer: string;
  readonly repository: string;
  /** The tag, if it was looked up by tag. */
  readonly tag?: string;
  /** To pull by: `<login server>/<repository>@<digest>`. */
  readonly reference: string;
  /** Artifact type; if the manifest has none, the media type of its config. */
  readonly artifactType?: string;
  /** Media type of the config. */
  readonly configMediaType?: string;
  /** The manifest that it is about, if it is a referrer. */
  readonly subject?: ContentResult;
  /** Empty for an index. */
  readonly layers: readonly LayerResult[];
  /** The manifests of an index, with their platforms; empty for anything else. */
  readonly manifests: readonly ManifestDescriptorResult[];
  /** Tags that name it. ACR only. */
  readonly tags?: readonly string[];
  /** The tag's own attributes and times, if it was looked up by tag. ACR only. */
  readonly tagMetadata?: MetadataResult;
}

/** One tag. */
export interface TagResult extends MetadataResult {
  readonly name: string;
  /** `<login server>/<repository>:<tag>`. */
  readonly reference: string;
  /** Digest of the manifest it names; absent in listings of registries other than ACR. */
  readonly digest?: string;
}

export interface TagsResult {
  readonly loginServer: string;
  readonly repository: string;
  readonly tags: readonly TagResult[];
}

/** One manifest of a list. */
export interface ManifestResult extends MetadataResult {
  readonly digest: string;
  /** `<login server>/<repository>@<digest>`. */
  readonly reference: string;
  readonly mediaType: string;
  readonly configMediaType?: string;
  /** Only if `artifactType` was given. */
  readonly artifactType?: string;
  /** Total bytes of the layers, as ACR counts them. */
  readonly imageSize: number;
  readonly architecture?: string;
  readonly os?: string;
  readonly tags: readonly string[];
}

export interface ManifestsResult {
  readonly loginServer: string;
  readonly repository: string;
  readonly manifests: readonly ManifestResult[];
}

export interface NewestTagResult extends TagResult {
  readonly loginServer: string;
  readonly repository: string;
  readonly digest: string;
  /** With `by: "semver"`: the version as semver.org writes it, `1.2.3` for the tag `v1.2.3`. */
  readonly version?: string;
}

export interface ReferrersResult {
  readonly loginServer: string;
  readonly repository: string;
  /** The subject's digest. */
  readonly digest: string;
  /** As the registry orders them: ACR newest first. */
  readonly referrers: readonly ManifestDescriptorResult[];
}

export interface ArtifactFileResult {
  /** Text, or base64 if that was asked for. */
  readonly content: string;
  /** Digest of the file's bytes. */
  readonly digest: string;
  /** Bytes of the file. */
  readonly size: number;
  /** The title that was asked for. */
  readonly title: string;
  /** The layer that is or holds the file. */
  readonly layer: LayerResult;
  /** The artifact: `<login server>/<repository>@<digest>`. */
  readonly reference: string;
}

export interface RepositoriesResult {
  readonly loginServer: string;
  /** In the order of bytes. */
  readonly repositories: readonly string[];
}
