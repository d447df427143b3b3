import type * as pulumi from "@pulumi/pulumi";
import type { AttributesArgs } from "./attributes.js";
import type { RegistryArgs } from "./registryArgs.js";

/** What a lock closes; only what is named is managed. */
export type LockArgs = Omit<AttributesArgs, "readEnabled">;

/** Names content by type, digest and size; `OciArtifact`, `OciIndex` and `ArtifactCopy` have one as `descriptor`. */
export interface DescriptorArgs {
  mediaType: pulumi.Input<string>;
  digest: pulumi.Input<string>;
  size: pulumi.Input<number>;
}

/** What whatever is published under tags has in common. */
export interface PublishedArgs {
  /** For example `charts/web`. Changing it replaces the resource. */
  repository: pulumi.Input<string>;
  /** Annotations of the manifest. No creation time is added: it would change every digest. */
  annotations?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * The manifest that this one is about, in the same repository; makes it a referrer of that one. Another
   * resource, or its `descriptor`.
   */
  subject?: pulumi.Input<DescriptorArgs>;
  /** Tags that are to name the manifest. */
  tags?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Locks every tag and the manifest once they are published; `true` means `writeEnabled: false,
   * deleteEnabled: false`. The service cannot tag and lock in one step: between the two somebody may
   * move the tag, which is then reported as a conflict. A tag that is dropped or retained keeps its
   * lock. ACR only.
   */
  lock?: pulumi.Input<boolean | LockArgs>;
  /**
   * What to do if a tag names other content. `fail` (default) changes nothing and explains; `adopt`
   * takes over a tag that existed before it was declared here, once; `move` always moves it.
   */
  onTagConflict?: pulumi.Input<"fail" | "adopt" | "move">;
  /**
   * What becomes of what the declaration no longer names, an old version's manifest and tags:
   * `retain` (default) leaves it published, `delete` removes it.
   */
  onReplace?: pulumi.Input<"retain" | "delete">;
  /**
   * What `destroy` does, and removing the resource from the program: `delete` (default) removes our
   * tags, then the manifest unless another tag, an index or a referrer uses it; `untag` removes our
   * tags only; `retain` nothing.
   */
  onDelete?: pulumi.Input<"delete" | "untag" | "retain">;
  /** Which registry, and how to sign in. Default: stack configuration, then environment. */
  registry?: pulumi.Input<RegistryArgs>;
}
