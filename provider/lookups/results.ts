import type { Annotations, Platform } from "../oci/descriptor.js";
import type { Attributes } from "../registry/attributes.js";

// What look-ups answer: plain values, absent members left out. Read by compilers as old as TypeScript 3.8.

/** Content as a manifest names it. */
export interface ContentResult {
  readonly mediaType: string;
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  readonly annotations: Annotations;
}

/** One layer of an artifact. */
export interface LayerResult extends ContentResult {
  /** The annotation `org.opencontainers.image.title`: a file's or folder's name. */
  readonly title?: string;
}

/** What an index names, or a referrer. */
export interface ManifestDescriptorResult extends ContentResult {
  readonly artifactType?: string;
  readonly platform?: Platform;
  /** `<login server>/<repository>@<digest>`. */
  readonly reference: string;
}

/** What ACR alone keeps of a tag or manifest. Absent on other registries. */
export interface MetadataResult {
  /** ISO 8601, UTC. */
  readonly createdTime?: string;
  /** Of a tag: when it was last moved. */
  readonly lastUpdateTime?: string;
  /** The four attributes; `writeEnabled: false` is a lock. */
  readonly attributes?: Attributes;
}

/** An artifact, image or index. */
export interface ArtifactResult extends ContentResult, MetadataResult {
  readonly loginServer: string;
  readonly repository: string;
  /** The tag that was asked for, if it was one. */
  readonly tag?: string;
  /** To pull by: `<login server>/<repository>@<digest>`. */
  readonly reference: string;
  /** What it is; where the manifest has none, the media type of its configuration. */
  readonly artifactType?: string;
  /** Media type of the configuration. */
  readonly configMediaType?: string;
  /** What it is about, if it has a subject. */
  readonly subject?: ContentResult;
  /** Empty for an index. */
  readonly layers: readonly LayerResult[];
  /** What an index names, with its platforms; empty for anything else. */
  readonly manifests: readonly ManifestDescriptorResult[];
  /** Tags that name it. ACR only. */
  readonly tags?: readonly string[];
  /** The tag's own attributes and times, if it was asked for by tag. ACR only. */
  readonly tagMetadata?: MetadataResult;
}

/** One tag. */
export interface TagResult extends MetadataResult {
  readonly name: string;
  /** `<login server>/<repository>:<tag>`. */
  readonly reference: string;
  /** What it names; absent in lists of registries other than ACR. */
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
  /** Only if `artifactType` was asked for. */
  readonly artifactType?: string;
  /** Bytes of the layers together, as the service counts. */
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
