import type * as pulumi from "@pulumi/pulumi";
import type { AttributesArgs } from "./attributes.js";
import type { RegistryArgs } from "./registryArgs.js";

/** The attributes that a lock sets; those not given are not managed. */
export type LockArgs = Omit<AttributesArgs, "readEnabled">;

/** Identifies a manifest by type, digest and size; `OciArtifact`, `OciIndex` and `ArtifactCopy` have one as `descriptor`. */
export interface DescriptorArgs {
  mediaType: pulumi.Input<string>;
  digest: pulumi.Input<string>;
  size: pulumi.Input<number>;
}

/** Arguments that all resources with tags have in common. */
export interface PublishedArgs {
  /** For example `charts/web`. Changing it replaces the resource. */
  repository: pulumi.Input<string>;
  /** Annotations of the manifest. No creation time is added, since it would change the digest each time. */
  annotations?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * The manifest that this one is about, in the same repository: another resource, or its `descriptor`.
   * This manifest becomes a referrer of it.
   */
  subject?: pulumi.Input<DescriptorArgs>;
  /** Tags to put on the manifest. */
  tags?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Locks every tag and the manifest once they are published. `true` means `writeEnabled: false,
   * deleteEnabled: false`. ACR cannot tag and lock in one step: if somebody moves the tag between the two,
   * that is reported as a conflict. A tag that is dropped or retained keeps its lock. ACR only.
   */
  lock?: pulumi.Input<boolean | LockArgs>;
  /**
   * What to do if a tag names something else. `fail` (default): change nothing and explain. `adopt`: take
   * it over once, if it existed before it was declared here. `move`: always move it.
   */
  onTagConflict?: pulumi.Input<"fail" | "adopt" | "move">;
  /**
   * What happens to an old version's manifest and tags, and to tags that are no longer declared. `retain`
   * (default): they stay published. `delete`: they are removed.
   */
  onReplace?: pulumi.Input<"retain" | "delete">;
  /**
   * What happens on `destroy`, or when the resource leaves the program. `delete` (default): our tags are
   * removed, then the manifest, unless another tag, an index, a referrer or another resource of the stack
   * uses it. `untag`: only our tags are removed. `retain`: nothing is.
   */
  onDelete?: pulumi.Input<"delete" | "untag" | "retain">;
  /** Which registry, and how to sign in. Default: the stack's configuration, then the environment. */
  registry?: pulumi.Input<RegistryArgs>;
}
