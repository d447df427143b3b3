import type * as pulumi from "@pulumi/pulumi";
import type { RegistryArgs } from "./registryArgs.js";

// Apart from what looks up, so that its types stay readable for TypeScript 3.8, which Pulumi ships.

/** What every look-up may be told beside its query. */
export interface RegistryChoice {
  /** Which registry, and how to sign in. Default: stack configuration, then environment. */
  registry?: pulumi.Unwrap<RegistryArgs>;
}

/** Arguments of a look-up as inputs: texts, outputs of resources, promises. */
export type LookupInputs<Args> = {
  [Property in keyof Args]: Property extends "registry"
    ? pulumi.Input<RegistryArgs>
    : pulumi.Input<Args[Property]>;
};

/** Options of other functions, such as `parent` and `provider`, choose a provider: look-ups have none, `registry` says where. */
export interface LookupOutputOptions {
  /**
   * Resources that have to be there first, of a component its children: while one of them is only planned, the result
   * is unknown. For what the arguments do not say: what they come from is waited for in any case.
   */
  dependsOn?: pulumi.Input<pulumi.Input<pulumi.Resource>[]> | pulumi.Input<pulumi.Resource>;
}
