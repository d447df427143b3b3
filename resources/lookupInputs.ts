import type * as pulumi from "@pulumi/pulumi";
import type { RegistryArgs } from "./registryArgs.js";

// In a file of their own, so that TypeScript 3.8, which Pulumi ships, can read these types.

/** The argument that every look-up has besides its query. */
export interface RegistryChoice {
  /** Which registry, and how to sign in. Default: the stack's configuration, then the environment. */
  registry?: pulumi.Unwrap<RegistryArgs>;
}

/** Arguments of a look-up as inputs: each may be a value, an output or a promise. */
export type LookupInputs<Args> = {
  [Property in keyof Args]: Property extends "registry"
    ? pulumi.Input<RegistryArgs>
    : pulumi.Input<Args[Property]>;
};

/**
 * Other functions have options such as `parent` and `provider`, which choose a provider. Look-ups have no provider; their
 * argument `registry` says where to look.
 */
export interface LookupOutputOptions {
  /**
   * Resources that must exist first, for a component its children. While one of them is only planned, the result is
   * unknown. Resources that the arguments come from are waited for anyway and need not be named.
   */
  dependsOn?: pulumi.Input<pulumi.Input<pulumi.Resource>[]> | pulumi.Input<pulumi.Resource>;
}
