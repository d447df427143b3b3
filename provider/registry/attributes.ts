import type { Digest } from "../oci/digest.js";

/**
 * The four changeable attributes of a repository, tag or manifest, under their names on the wire.
 * `writeEnabled: false` also forbids deletion (Microsoft Learn, "Lock a container image in an Azure
 * container registry").
 */
export interface Attributes {
  readonly deleteEnabled: boolean;
  readonly writeEnabled: boolean;
  readonly readEnabled: boolean;
  readonly listEnabled: boolean;
}

export type AttributeName = keyof Attributes;

/** In the order in which the service sends them. */
export const ATTRIBUTE_NAMES: readonly AttributeName[] = [
  "deleteEnabled",
  "writeEnabled",
  "readEnabled",
  "listEnabled",
];

/** Metadata of a repository. */
export interface RepositoryProperties {
  readonly name: string;
  /** ISO 8601, UTC, up to seven fractional digits. */
  readonly createdTime: string;
  readonly lastUpdateTime: string;
  readonly manifestCount: number;
  readonly tagCount: number;
  readonly attributes: Attributes;
}

/** Metadata of a tag. */
export interface TagProperties {
  readonly name: string;
  /** Digest of the manifest that the tag names. */
  readonly digest: Digest;
  readonly createdTime: string;
  /** Also changes when the tag is moved to another manifest. */
  readonly lastUpdateTime: string;
  readonly attributes: Attributes;
}

/** Metadata of a manifest. */
export interface ManifestProperties {
  readonly digest: Digest;
  /** Total bytes of the layers (0 without layers); for an index, of all its children. */
  readonly size: number;
  readonly createdTime: string;
  readonly lastUpdateTime: string;
  readonly mediaType: string;
  readonly configMediaType?: string;
  readonly architecture?: string;
  readonly os?: string;
  /** Tags that name this manifest. */
  readonly tags: readonly string[];
  readonly attributes: Attributes;
  /** Children of an index. Only filled when a single manifest is read, not in listings. */
  readonly references: readonly { digest: Digest; architecture?: string; os?: string }[];
}
