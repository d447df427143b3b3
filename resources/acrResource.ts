import * as pulumi from "@pulumi/pulumi";
import { engineProperties } from "./hidden.js";
import { resourceType } from "./provider.js";
import type { RegistryArgs } from "./registryArgs.js";

/** What is passed to the engine beside the arguments is the same for every resource of this package. */
export abstract class AcrResource extends pulumi.CustomResource {
  protected constructor(
    kind: string,
    name: string,
    args: object & { registry?: pulumi.Input<RegistryArgs> },
    readable: readonly string[],
    options: pulumi.CustomResourceOptions | undefined,
  ) {
    super(resourceType(kind), name, engineProperties(kind, name, args, readable, options), options);
  }
}
