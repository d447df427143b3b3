import type { ChangeableAttributes } from "./attributes.js";

/** A child of an index, as shown in `references` of its properties. */
export interface ManifestReference {
  readonly digest: string;
  readonly architecture?: string | undefined;
  readonly os?: string | undefined;
}

/** Data about a manifest's content that need not be read again. */
export interface ManifestSummary {
  readonly digest: string;
  readonly mediaType: string;
  readonly size: number;
  readonly imageSize: number;
  readonly architecture?: string | undefined;
  readonly os?: string | undefined;
  readonly configMediaType?: string | undefined;
  /** Children; present for an index only. */
  readonly references?: readonly ManifestReference[] | undefined;
  readonly subject?: string | undefined;
  readonly artifactType?: string | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

export interface ManifestRecord extends ManifestSummary {
  createdTime: string;
  lastUpdateTime: string;
  attributes: ChangeableAttributes;
}

export interface TagRecord {
  readonly name: string;
  digest: string;
  createdTime: string;
  lastUpdateTime: string;
  attributes: ChangeableAttributes;
}

/** A repository exists from its first manifest to its last (C11 #72). */
export interface Repository {
  readonly name: string;
  createdTime: string;
  lastUpdateTime: string;
  attributes: ChangeableAttributes;
  readonly manifests: Map<string, ManifestRecord>;
  readonly tags: Map<string, TagRecord>;
}
