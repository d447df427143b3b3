import type * as pulumi from "@pulumi/pulumi";
import { AcrResource } from "./acrResource.js";
import type { AttributesArgs } from "./attributes.js";
import { ATTRIBUTES } from "./attributes.js";
import type { Drift } from "../provider/artifact/foundDrift.js";
import type { RegistryArgs } from "./registryArgs.js";

/** Give at least one attribute; those not given are not managed. */
export interface ManifestPropertiesArgs extends AttributesArgs {
  /** Changing it replaces the resource. */
  repository: pulumi.Input<string>;
  /** The manifest, which must exist. Changing it replaces the resource. */
  digest: pulumi.Input<string>;
  registry?: pulumi.Input<RegistryArgs>;
}

const KIND = "ManifestProperties";
/** Outputs of the class. */
const READABLE = ["repository", "digest", "drift", ...ATTRIBUTES];

/**
 * Sets any of the four attributes of one manifest.
 *
 * Nothing is created in the registry. The former values are remembered, and deleting the resource restores
 * each of them unless somebody has changed ours since. Attributes change in place; another repository, digest or login server
 * replaces the resource. `pulumi refresh` reports in `drift` what somebody changed, and `up`
 * sets it again.
 *
 * Errors: `NOT_FOUND` if the manifest does not exist; `UNSUPPORTED` if the registry is not an ACR.
 *
 * Role: AcrPush (Container Registry Repository Writer on a registry with repository permissions;
 * `metadata/write` of a token).
 *
 * The id is `<login server>/<repository>@<digest>`.
 */
export class ManifestProperties extends AcrResource {
  declare readonly repository: pulumi.Output<string>;
  declare readonly digest: pulumi.Output<string>;
  /** What somebody else had changed, as the last refresh found it. Empty after `up`. */
  declare readonly drift: pulumi.Output<Drift[]>;
  declare readonly deleteEnabled: pulumi.Output<boolean | undefined>;
  declare readonly writeEnabled: pulumi.Output<boolean | undefined>;
  declare readonly readEnabled: pulumi.Output<boolean | undefined>;
  declare readonly listEnabled: pulumi.Output<boolean | undefined>;

  constructor(name: string, args: ManifestPropertiesArgs, options?: pulumi.CustomResourceOptions) {
    super(KIND, name, args, READABLE, options);
  }

  /** The attributes of a manifest that is managed elsewhere, by its id `<login server>/<repository>@<digest>`. It must exist. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: { registry?: pulumi.Input<RegistryArgs> },
    options?: pulumi.CustomResourceOptions,
  ): ManifestProperties {
    return new ManifestProperties(name, { ...state } as ManifestPropertiesArgs, { ...options, id });
  }
}
