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

/** What the service says of a repository. */
export interface RepositoryProperties {
  readonly name: string;
  /** ISO 8601, UTC, seven fractional digits. */
  readonly createdTime: string;
  readonly lastUpdateTime: string;
  readonly manifestCount: number;
  readonly tagCount: number;
  readonly attributes: Attributes;
}

/** What the service says of a tag. */
export interface TagProperties {
  readonly name: string;
  /** Digest of the manifest that the tag names. */
  readonly digest: Digest;
  readonly createdTime: string;
  /** Moves when the tag is pointed at another manifest. */
  readonly lastUpdateTime: string;
  readonly attributes: Attributes;
}

/** What the service says of a manifest. */
export interface ManifestProperties {
  readonly digest: Digest;
  /** Bytes of the layers together (0 without layers); for an index the sum of its children. */
  readonly size: number;
  readonly createdTime: string;
  readonly lastUpdateTime: string;
  readonly mediaType: string;
  readonly configMediaType?: string;
  readonly architecture?: string;
  readonly os?: string;
  /** Tags that name this manifest; empty when there are none. */
  readonly tags: readonly string[];
  readonly attributes: Attributes;
  /** Children of an index; only when a single manifest was asked for. */
  readonly references: readonly { digest: Digest; architecture?: string; os?: string }[];
}
