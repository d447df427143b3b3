import type * as pulumi from "@pulumi/pulumi";
import { AcrResource } from "./acrResource.js";
import type { AttributesArgs } from "./attributes.js";
import type { Drift } from "../provider/artifact/foundDrift.js";
import { ATTRIBUTES } from "./hidden.js";
import type { RegistryArgs } from "./registryArgs.js";

/** Give at least one attribute; what is not given is not managed. */
export interface RepositoryPropertiesArgs extends AttributesArgs {
  /**
   * The repository, which must exist: the first thing that is published makes it, so use an output
   * of what publishes there, or `dependsOn`. Changing it replaces the resource.
   */
  repository: pulumi.Input<string>;
  registry?: pulumi.Input<RegistryArgs>;
}

const KIND = "RepositoryProperties";
/** What a program can read. */
const READABLE = ["repository", "drift", ...ATTRIBUTES];

/**
 * Manages any of the four attributes of one repository. `writeEnabled: false` stops every push to it
 * and every removal from it; `deleteEnabled: false` alone keeps the repository as a whole from being
 * deleted, while what is in it can still be pushed and removed. Tags and manifests have attributes
 * of their own beside these, of which `TagLock` and `ManifestProperties` take care.
 *
 * Nothing is created in the registry: the values that were found are remembered, and deleting the
 * resource puts them back, where the live value is still ours. Attributes change in place; another
 * repository or login server replaces the resource. `pulumi refresh` names in `drift` what somebody
 * changed, and `up` sets it again. Needs the permission `metadata/write`. ACR only.
 *
 * What the same stack publishes to a repository that is closed for writing must be declared before
 * it, so that it is published first and removed last.
 *
 * The id is `<login server>/<repository>`.
 */
export class RepositoryProperties extends AcrResource {
  declare readonly repository: pulumi.Output<string>;
  /** What the last refresh found changed; empty after `up`. */
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

  /** The attributes of a repository by the id `<login server>/<repository>`; it must exist. */
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
