import type * as pulumi from "@pulumi/pulumi";
import type { RegistryArgs } from "./registryArgs.js";

// Apart from what looks up, so that its types stay readable for TypeScript 3.8, which Pulumi ships.

/** Arguments of a look-up as inputs: texts, outputs of resources, promises. */
export type LookupInputs<Args> = {
  [Property in keyof Args]: Property extends "registry"
    ? pulumi.Input<RegistryArgs>
    : pulumi.Input<Args[Property]>;
};

export interface LookupOutputOptions {
  /**
   * Resources that have to be there first: while one of them is only planned, the result is unknown.
   * For what the same program publishes, and the arguments do not say so already.
   */
  dependsOn?:
    pulumi.Input<pulumi.Input<pulumi.CustomResource>[]> | pulumi.Input<pulumi.CustomResource>;
}
