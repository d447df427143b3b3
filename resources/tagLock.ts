import type * as pulumi from "@pulumi/pulumi";
import { AcrResource } from "./acrResource.js";
import type { AttributesArgs } from "./attributes.js";
import type { Drift } from "../provider/artifact/foundDrift.js";
import { ATTRIBUTES } from "./hidden.js";
import type { RegistryArgs } from "./registryArgs.js";

/** `writeEnabled` and `deleteEnabled` default to `false`; the other two are managed only if given. */
export interface TagLockArgs extends AttributesArgs {
  /** Changing it replaces the lock. */
  repository: pulumi.Input<string>;
  /** The tag, which must exist. Changing it replaces the lock. */
  tag: pulumi.Input<string>;
  /** The digest that the tag must name; nothing is locked if it names another one. */
  digest?: pulumi.Input<string>;
  /**
   * Sets the same attributes on the manifest that the tag names. Default `true`: the service keeps
   * the two apart, and a locked tag alone does not keep its manifest from being deleted.
   */
  lockManifest?: pulumi.Input<boolean>;
  registry?: pulumi.Input<RegistryArgs>;
}

const KIND = "TagLock";
/** What a program can read. */
const READABLE = ["repository", "tag", "tagDigest", "drift", ...ATTRIBUTES];

/**
 * Locks a tag that something else moves or publishes, and the manifest that it names. For tags of an
 * `OciArtifact` use that resource's `lock`.
 *
 * The values that were found are remembered; deleting the resource puts them back, where the live
 * value is still ours. Needs the permission `metadata/write`. ACR only.
 *
 * The id is `<login server>/<repository>:<tag>`.
 */
export class TagLock extends AcrResource {
  declare readonly repository: pulumi.Output<string>;
  declare readonly tag: pulumi.Output<string>;
  /** The manifest that the tag names. */
  declare readonly tagDigest: pulumi.Output<string>;
  /** What the last refresh found changed; empty after `up`. */
  declare readonly drift: pulumi.Output<Drift[]>;
  declare readonly deleteEnabled: pulumi.Output<boolean>;
  declare readonly writeEnabled: pulumi.Output<boolean>;
  declare readonly readEnabled: pulumi.Output<boolean | undefined>;
  declare readonly listEnabled: pulumi.Output<boolean | undefined>;

  constructor(name: string, args: TagLockArgs, options?: pulumi.CustomResourceOptions) {
    super(KIND, name, args, READABLE, options);
  }

  /** The attributes of a tag by the id `<login server>/<repository>:<tag>`; it must exist. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: { registry?: pulumi.Input<RegistryArgs> },
    options?: pulumi.CustomResourceOptions,
  ): TagLock {
    return new TagLock(name, { ...state } as TagLockArgs, { ...options, id });
  }
}
