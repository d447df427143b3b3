import * as pulumi from "@pulumi/pulumi";
import type { AttributesArgs } from "./attributes.js";
import { providerText, resourceType } from "./provider.js";
import { type RegistryArgs, withSecretPassword } from "./registryArgs.js";

/** Attributes that are outputs of a class, whether or not they were given. */
export const ATTRIBUTES: readonly (keyof AttributesArgs)[] = [
  "deleteEnabled",
  "writeEnabled",
  "readEnabled",
  "listEnabled",
];

/**
 * What every resource passes to the engine besides its arguments: the provider's text; the names of its
 * outputs, since a property that is neither given nor named is not even an Output; and its own URN, which
 * the engine tells neither `create` nor `delete`.
 */
export function engineProperties(
  kind: string,
  name: string,
  args: object & { registry?: pulumi.Input<RegistryArgs> },
  readable: readonly string[],
  options: pulumi.CustomResourceOptions | undefined,
): pulumi.Inputs {
  return {
    ...Object.fromEntries(readable.map((property) => [property, undefined])),
    ...args,
    registry: withSecretPassword(args.registry),
    __urn: valueOf(pulumi.createUrn(name, resourceType(kind), options?.parent)),
    __provider: providerText(kind),
  };
}

/** What every Pulumi SDK has of an Output, whichever its version. */
interface Awaitable {
  promise(): Promise<string>;
}

/**
 * A child's URN comes from its parent's, and an Output says so: but what depends on a component waits for all of the
 * component's children, so that each of two children would wait for the other, for ever.
 */
function valueOf(urn: pulumi.Output<string>): Promise<string> {
  const value = (urn as unknown as Awaitable).promise();
  // A parent that fails is told of by itself, maybe before anybody asks for this value.
  value.catch(() => undefined);
  return value;
}
