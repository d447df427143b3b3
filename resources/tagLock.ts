import type * as pulumi from "@pulumi/pulumi";
import { AcrResource } from "./acrResource.js";
import type { AttributesArgs } from "./attributes.js";
import { ATTRIBUTES } from "./attributes.js";
import type { Drift } from "../provider/artifact/foundDrift.js";
import type { RegistryArgs } from "./registryArgs.js";

/** `writeEnabled` and `deleteEnabled` default to `false`. The other two attributes are managed only if given. */
export interface TagLockArgs extends AttributesArgs {
  /** Changing it replaces the lock. */
  repository: pulumi.Input<string>;
  /** The tag, which must exist. Changing it replaces the lock. */
  tag: pulumi.Input<string>;
  /** The digest that the tag must name. If it names another one, nothing is locked (`CONFLICT`). Default: any. */
  digest?: pulumi.Input<string>;
  /**
   * Whether to set the same attributes on the manifest that the tag names. Default `true`: tag and manifest
   * have separate attributes, and a locked tag alone does not protect its manifest from deletion.
   */
  lockManifest?: pulumi.Input<boolean>;
  registry?: pulumi.Input<RegistryArgs>;
}

const KIND = "TagLock";
/** Outputs of the class. */
const READABLE = ["repository", "tag", "tagDigest", "drift", ...ATTRIBUTES];

/**
 * Locks a tag that something else moves or publishes, and the manifest that it names. For the tags of an
 * `OciArtifact`, use that resource's `lock`.
 *
 * Nothing is created in the registry. The former values are remembered, and deleting the resource restores
 * each of them unless somebody has changed ours since. Attributes change in place; another repository, tag or login server
 * replaces the resource. `pulumi refresh` reports in `drift` what somebody changed, and `up`
 * sets it again.
 *
 * Errors: `NOT_FOUND` if the tag does not exist; `CONFLICT` if it does not name `digest`; `UNSUPPORTED` if the registry is not an ACR.
 *
 * Role: AcrPush (Container Registry Repository Writer on a registry with repository permissions;
 * `metadata/write` of a token).
 *
 * The id is `<login server>/<repository>:<tag>`.
 */
export class TagLock extends AcrResource {
  declare readonly repository: pulumi.Output<string>;
  declare readonly tag: pulumi.Output<string>;
  /** Digest of the manifest that the tag names. */
  declare readonly tagDigest: pulumi.Output<string>;
  /** What somebody else had changed, as the last refresh found it. Empty after `up`. */
  declare readonly drift: pulumi.Output<Drift[]>;
  declare readonly deleteEnabled: pulumi.Output<boolean>;
  declare readonly writeEnabled: pulumi.Output<boolean>;
  declare readonly readEnabled: pulumi.Output<boolean | undefined>;
  declare readonly listEnabled: pulumi.Output<boolean | undefined>;

  constructor(name: string, args: TagLockArgs, options?: pulumi.CustomResourceOptions) {
    super(KIND, name, args, READABLE, options);
  }

  /** The attributes of a tag that is managed elsewhere, by its id `<login server>/<repository>:<tag>`. It must exist. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: { registry?: pulumi.Input<RegistryArgs> },
    options?: pulumi.CustomResourceOptions,
  ): TagLock {
    return new TagLock(name, { ...state } as TagLockArgs, { ...options, id });
  }
}
