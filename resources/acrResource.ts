import * as pulumi from "@pulumi/pulumi";
import { engineProperties } from "./engineProperties.js";
import type { GivenArgs } from "./engineProperties.js";
import { resourceType } from "./provider.js";

/** Base of every resource: adds to the arguments what the engine and the provider need besides. */
export abstract class AcrResource extends pulumi.CustomResource {
  protected constructor(
    kind: string,
    name: string,
    args: GivenArgs,
    readable: readonly string[],
    options: pulumi.CustomResourceOptions | undefined,
  ) {
    super(resourceType(kind), name, engineProperties(kind, name, args, readable, options), options);
  }
}
