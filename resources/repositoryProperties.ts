import type * as pulumi from "@pulumi/pulumi";
import { AcrResource } from "./acrResource.js";
import type { AttributesArgs } from "./attributes.js";
import { ATTRIBUTES } from "./attributes.js";
import type { Drift } from "../provider/artifact/foundDrift.js";
import type { RegistryArgs } from "./registryArgs.js";

/** Give at least one attribute; those not given are not managed. */
export interface RepositoryPropertiesArgs extends AttributesArgs {
  /**
   * The repository, which must exist. The first manifest that is published creates it: use an output of
   * the resource that publishes there, or `dependsOn`. Changing it replaces the resource.
   */
  repository: pulumi.Input<string>;
  registry?: pulumi.Input<RegistryArgs>;
}

const KIND = "RepositoryProperties";
/** Outputs of the class. */
const READABLE = ["repository", "drift", ...ATTRIBUTES];

/**
 * Sets any of the four attributes of one repository. `writeEnabled: false` stops every push to it
 * and every removal from it. `deleteEnabled: false` only protects the repository as a whole from deletion;
 * tags and manifests can still be pushed and removed. They have attributes of their own, which `TagLock`
 * and `ManifestProperties` manage.
 *
 * If the same stack publishes to the repository, use an output of those resources for `repository`, or
 * `dependsOn`. The repository is then closed after they have published, and opened before they are removed.
 *
 * Nothing is created in the registry. The former values are remembered, and deleting the resource restores
 * each of them unless somebody has changed ours since. Attributes change in place; another repository or login server
 * replaces the resource. `pulumi refresh` reports in `drift` what somebody changed, and `up`
 * sets it again.
 *
 * Errors: `NOT_FOUND` if the repository does not exist; `UNSUPPORTED` if the registry is not an ACR.
 *
 * Role: AcrPush (Container Registry Repository Writer on a registry with repository permissions;
 * `metadata/write` of a token).
 *
 * The id is `<login server>/<repository>`.
 */
export class RepositoryProperties extends AcrResource {
  declare readonly repository: pulumi.Output<string>;
  /** What somebody else had changed, as the last refresh found it. Empty after `up`. */
  declare readonly drift: pulumi.Output<Drift[]>;
  declare readonly deleteEnabled: pulumi.Output<boolean | undefined>;
  declare readonly writeEnabled: pulumi.Output<boolean | undefined>;
  declare readonly readEnabled: pulumi.Output<boolean | undefined>;
  declare readonly listEnabled: pulumi.Output<boolean | undefined>;

  constructor(
    name: string,
    args: RepositoryPropertiesArgs,
    options?: pulumi.CustomResourceOptions,
  ) {
    super(KIND, name, args, READABLE, options);
  }

  /** The attributes of a repository that is managed elsewhere, by its id `<login server>/<repository>`. It must exist. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: { registry?: pulumi.Input<RegistryArgs> },
    options?: pulumi.CustomResourceOptions,
  ): RepositoryProperties {
    return new RepositoryProperties(name, { ...state } as RepositoryPropertiesArgs, {
      ...options,
      id,
    });
  }
}
