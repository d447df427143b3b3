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
   * The manifest that the tag is to name: an `OciArtifact`'s or `OciIndex`'s `digest`, or that of what
   * anybody published to the repository. Changing it moves the tag.
   */
  digest: pulumi.Input<string>;
  /**
   * What to do if the tag names other content. `fail` (default) changes nothing and explains; `adopt`
   * takes over a tag that existed before it was declared here, once; `move` always moves it.
   */
  onConflict?: pulumi.Input<"fail" | "adopt" | "move">;
  /** Which registry, and how to sign in. Default: stack configuration, then environment. */
  registry?: pulumi.Input<RegistryArgs>;
}

const KIND = "ArtifactTag";
/** What a program can read. */
const READABLE = ["repository", "tag", "digest", "reference", "drift"];

/**
 * A tag on a manifest that something else publishes: a channel such as `stable` that a promotion
 * moves, or a name for an image that a pipeline pushed. For tags that come and go with an
 * `OciArtifact` use that resource's `tags`.
 *
 * Nothing is published but the tag. The manifest must be there when the tag is put on it, else nothing
 * is changed; where the same stack publishes it, use that resource's outputs, or `dependsOn`. A new
 * digest moves the tag in place, if it still names what the state says, or what a refresh has shown;
 * repository, tag or login server replace the resource.
 *
 * `pulumi refresh` names in `drift` and in the resource's row a tag that somebody moved, and `up` moves
 * it back. A tag that somebody deleted is gone, and `up` makes it again. A lock of somebody else, such
 * as a `TagLock` of the same stack, is not opened: the error names it.
 *
 * Deleting the resource removes the tag, never the manifest, and only while it names the declared
 * digest and no other resource of the stack declares it. On registries other than ACR a tag cannot be
 * removed alone: it stays, and that is said.
 *
 * Roles: AcrPush to put and move; AcrDelete to remove.
 *
 * The id is `<login server>/<repository>:<tag>`. Creating a tag that names the digest already adopts it.
 */
export class ArtifactTag extends AcrResource {
  declare readonly repository: pulumi.Output<string>;
  declare readonly tag: pulumi.Output<string>;
  /** What the tag names, as last seen. */
  declare readonly digest: pulumi.Output<string>;
  /** `<login server>/<repository>:<tag>`. Known at preview if the login server is. */
  declare readonly reference: pulumi.Output<string>;
  /** What the last refresh found changed; empty after `up`. */
  declare readonly drift: pulumi.Output<Drift[]>;

  constructor(name: string, args: ArtifactTagArgs, options?: pulumi.CustomResourceOptions) {
    super(KIND, name, args, READABLE, options);
  }

  /** A tag that is managed elsewhere, by the id `<login server>/<repository>:<tag>`; it must exist. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: { registry?: pulumi.Input<RegistryArgs> },
    options?: pulumi.CustomResourceOptions,
  ): ArtifactTag {
    return new ArtifactTag(name, { ...state } as ArtifactTagArgs, { ...options, id });
  }
}
