import type { Annotations, Descriptor } from "../../oci/descriptor.js";
import type { PackedArtifact } from "../assembleArtifact.js";
import type { KnownLayer } from "../packBytes.js";

/** What a kind of content is told beside its own arguments. */
export interface ContentContext {
  /** What relative paths are relative to. */
  readonly baseDirectory: string;
  /** Path of the property that holds the arguments, for example `content.helmChart`. */
  readonly property: string;
  /** Annotations that were written beside the content. */
  readonly annotations?: Annotations | undefined;
  readonly subject?: Descriptor | undefined;
  /** Where it is to be published; absent while that is not known. */
  readonly repository?: string | undefined;
  /** Under which tags; absent if none are written, or one of them is not known. */
  readonly tags?: readonly string[] | undefined;
  /** Layers packed earlier: what is unchanged since is not compressed again. */
  readonly known?: readonly KnownLayer[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What became of it: what to publish, and what follows from it for the artifact as a whole. */
export interface PackedContent extends PackedArtifact {
  /** The manifest's own, where it has one. */
  readonly artifactType?: string | undefined;
  /** All of the manifest's: those of the content, and those that were written beside it. */
  readonly annotations?: Annotations | undefined;
  /** Tags for whoever writes none. */
  readonly defaultTags?: readonly string[] | undefined;
}

/**
 * Turns the arguments of one kind into the exact bytes to publish, without network, from what the
 * files hold alone.
 *
 * @throws InputError, PackError with the property's path.
 */
export type PackContent<Arguments> = (
  args: Arguments,
  context: ContentContext,
) => Promise<PackedContent>;
