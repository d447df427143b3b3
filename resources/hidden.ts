import * as pulumi from "@pulumi/pulumi";
import { providerText, resourceType } from "./provider.js";
import { type RegistryArgs, withSecretPassword } from "./registryArgs.js";

/**
 * What every resource passes to the engine beside its arguments: the provider's text, the output
 * names (a property is visible to the program only if it is named here), and its own URN, which the
 * engine tells neither `create` nor `delete`.
 */
export function engineProperties(
  kind: string,
  name: string,
  args: object & { registry?: pulumi.Input<RegistryArgs> },
  outputs: readonly string[],
  options: pulumi.CustomResourceOptions | undefined,
): pulumi.Inputs {
  return {
    ...Object.fromEntries(outputs.map((output) => [output, undefined])),
    ...args,
    registry: withSecretPassword(args.registry),
    __urn: pulumi.createUrn(name, resourceType(kind), options?.parent),
    __provider: providerText(kind),
  };
}
