import type * as pulumi from "@pulumi/pulumi";
import { AcrResource } from "./acrResource.js";
import type { Drift } from "../provider/artifact/foundDrift.js";
import type { RegistryArgs } from "./registryArgs.js";

export interface ArtifactTagArgs {
  /** Changing it replaces the tag. */
  repository: pulumi.Input<string>;
  /** For example `latest`. Changing it replaces the tag: the old one is removed. */
  tag: pulumi.Input<string>;
  /**
   * The manifest to tag: the `digest` of an `OciArtifact` or `OciIndex`, or of anything else that is
   * published in the repository. Changing it moves the tag in place.
   */
  digest: pulumi.Input<string>;
  /**
   * What to do if the tag names something else. `fail` (default): change nothing and explain. `adopt`:
   * take it over once, if it existed before it was declared here. `move`: always move it.
   */
  onConflict?: pulumi.Input<"fail" | "adopt" | "move">;
  /** Which registry, and how to sign in. Default: the stack's configuration, then the environment. */
  registry?: pulumi.Input<RegistryArgs>;
}

const KIND = "ArtifactTag";
/** Outputs of the class. */
const READABLE = ["repository", "tag", "digest", "reference", "drift"];

/**
 * Puts a tag on a manifest that something else publishes: a channel such as `stable` that a promotion
 * moves, or a name for an image that a pipeline pushed. For tags that belong to an `OciArtifact`, use
 * that resource's `tags`.
 *
 * Only the tag is published. The manifest must exist by then, or nothing is changed; if the same stack
 * publishes it, use that resource's outputs, or `dependsOn`. A new digest moves the tag in place, provided
 * that the tag still names what the state says or what a refresh has shown. A change of repository, tag
 * or login server replaces the resource.
 *
 * `pulumi refresh` reports a tag that somebody moved, in `drift` and in the resource's row, and `up` moves
 * it back. `up` also recreates a tag that somebody deleted. A lock of somebody else, or of a `TagLock` in
 * the same stack, is not opened: the error names it.
 *
 * Deleting the resource removes the tag, never the manifest, and only if the tag still names the declared
 * digest and no other resource of the stack declares it. On registries other than ACR a tag cannot be
 * removed alone: it stays, with a warning.
 *
 * Errors: `NOT_FOUND` if the manifest does not exist; `CONFLICT` if the tag names something else;
 * `LOCKED` if a lock is in the way.
 *
 * Roles: AcrPush to set and move the tag; AcrDelete to remove it.
 *
 * The id is `<login server>/<repository>:<tag>`. Creating a tag that already names the digest adopts it.
 */
export class ArtifactTag extends AcrResource {
  declare readonly repository: pulumi.Output<string>;
  declare readonly tag: pulumi.Output<string>;
  /** The manifest that the tag named when it was last read. */
  declare readonly digest: pulumi.Output<string>;
  /** `<login server>/<repository>:<tag>`. Known at preview if the login server is. */
  declare readonly reference: pulumi.Output<string>;
  /** What somebody else had changed, as the last refresh found it. Empty after `up`. */
  declare readonly drift: pulumi.Output<Drift[]>;

  constructor(name: string, args: ArtifactTagArgs, options?: pulumi.CustomResourceOptions) {
    super(KIND, name, args, READABLE, options);
  }

  /** A tag that is managed elsewhere, by its id `<login server>/<repository>:<tag>`. It must exist. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: { registry?: pulumi.Input<RegistryArgs> },
    options?: pulumi.CustomResourceOptions,
  ): ArtifactTag {
    return new ArtifactTag(name, { ...state } as ArtifactTagArgs, { ...options, id });
  }
}
