import type * as pulumi from "@pulumi/pulumi";
import { AcrResource } from "./acrResource.js";
import type { AttributesArgs } from "./attributes.js";
import type { Drift } from "../provider/artifact/foundDrift.js";
import { ATTRIBUTES } from "./hidden.js";
import type { RegistryArgs } from "./registryArgs.js";

/** Give at least one attribute; what is not given is not managed. */
export interface ManifestPropertiesArgs extends AttributesArgs {
  /** Changing it replaces the resource. */
  repository: pulumi.Input<string>;
  /** The manifest, which must exist. Changing it replaces the resource. */
  digest: pulumi.Input<string>;
  registry?: pulumi.Input<RegistryArgs>;
}

const KIND = "ManifestProperties";
/** What a program can read. */
const READABLE = ["repository", "digest", "drift", ...ATTRIBUTES];

/**
 * Manages any of the four attributes of one manifest.
 *
 * The values that were found are remembered; deleting the resource puts them back, where the live
 * value is still ours. Needs the permission `metadata/write`. ACR only.
 *
 * The id is `<login server>/<repository>@<digest>`.
 */
export class ManifestProperties extends AcrResource {
  declare readonly repository: pulumi.Output<string>;
  declare readonly digest: pulumi.Output<string>;
  /** What the last refresh found changed; empty after `up`. */
  declare readonly drift: pulumi.Output<Drift[]>;
  declare readonly deleteEnabled: pulumi.Output<boolean | undefined>;
  declare readonly writeEnabled: pulumi.Output<boolean | undefined>;
  declare readonly readEnabled: pulumi.Output<boolean | undefined>;
  declare readonly listEnabled: pulumi.Output<boolean | undefined>;

  constructor(name: string, args: ManifestPropertiesArgs, options?: pulumi.CustomResourceOptions) {
    super(KIND, name, args, READABLE, options);
  }

  /** The attributes of a manifest by the id `<login server>/<repository>@<digest>`; it must exist. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: { registry?: pulumi.Input<RegistryArgs> },
    options?: pulumi.CustomResourceOptions,
  ): ManifestProperties {
    return new ManifestProperties(name, { ...state } as ManifestPropertiesArgs, { ...options, id });
  }
}
