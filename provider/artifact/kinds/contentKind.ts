import type { Annotations, Descriptor } from "../../oci/descriptor.js";
import type { PackedArtifact } from "../assembleArtifact.js";
import type { KnownLayer } from "../packBytes.js";

/** Information for a kind of content in addition to its arguments. */
export interface ContentContext {
  /** The folder that relative paths start from. */
  readonly baseDirectory: string;
  /** Path of the property that holds the arguments, for example `content.helmChart`. */
  readonly property: string;
  /** Annotations written beside the content. */
  readonly annotations?: Annotations | undefined;
  readonly subject?: Descriptor | undefined;
  /** The target repository; absent while it is unknown. */
  readonly repository?: string | undefined;
  /** The target tags; absent if there are none, or one of them is unknown. */
  readonly tags?: readonly string[] | undefined;
  /** Layers packed earlier, which are not compressed again if their content is unchanged. */
  readonly known?: readonly KnownLayer[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Packed content, with what it implies for the whole artifact. */
export interface PackedContent extends PackedArtifact {
  /** The manifest's artifact type, if it has one. */
  readonly artifactType?: string | undefined;
  /** All annotations of the manifest: those of the content, and those written beside it. */
  readonly annotations?: Annotations | undefined;
  /** Tags to use if the program gives none. */
  readonly defaultTags?: readonly string[] | undefined;
}

/**
 * Packs the arguments of one kind into the exact bytes to publish, from the files alone, without network.
 *
 * @throws InputError, PackError with the path of the property.
 */
export type PackContent<Arguments> = (
  args: Arguments,
  context: ContentContext,
) => Promise<PackedContent>;
