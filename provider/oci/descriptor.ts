import type { Digest } from "./digest.js";

/** Annotations of a descriptor or manifest: free text by key (image-spec, annotations.md). */
export type Annotations = Readonly<Record<string, string>>;

/** The platform that a manifest of an index is for (image-spec, image-index.md). */
export interface Platform {
  readonly architecture: string;
  readonly os: string;
  readonly "os.version"?: string;
  readonly "os.features"?: readonly string[];
  readonly variant?: string;
}

/** Identifies content by type, digest and size in bytes (image-spec, descriptor.md). */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly urls?: readonly string[];
  readonly annotations?: Annotations;
  /** The content itself, as base64, if it is tiny. */
  readonly data?: string;
  readonly platform?: Platform;
  readonly artifactType?: string;
}
