import * as pulumi from "@pulumi/pulumi";
import type { DescriptorArgs } from "./publishedArgs.js";
import { providerText, resourceType } from "./provider.js";
import { withSecretPassword } from "./registryArgs.js";
import type { RegistryArgs } from "./registryArgs.js";
import { withSubject } from "./withSubject.js";

/** What is looked at here of the arguments of any resource. */
export type GivenArgs = object & {
  registry?: pulumi.Input<RegistryArgs>;
  subject?: pulumi.Input<DescriptorArgs>;
};

/**
 * What every resource passes to the engine besides its arguments: the provider's text; the names of its
 * outputs, since a property that is neither given nor named is not even an Output; and its own URN, which
 * the engine tells neither `create` nor `delete`.
 */
export function engineProperties(
  kind: string,
  name: string,
  args: GivenArgs,
  readable: readonly string[],
  options: pulumi.CustomResourceOptions | undefined,
): pulumi.Inputs {
  requireArguments(kind, name, args);
  return {
    ...Object.fromEntries(readable.map((property) => [property, undefined])),
    ...withSubject(args),
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

/** In JavaScript nothing else refuses it. The error is one that Pulumi shows without a stack. */
function requireArguments(kind: string, name: string, args: unknown): void {
  const isObject = typeof args === "object" && args !== null && !Array.isArray(args);
  if (isObject && !pulumi.Output.isInstance(args) && !(args instanceof Promise)) return;
  throw new pulumi.RunError(
    `${kind} ${JSON.stringify(name)}: expected an object of arguments in the second place, whose values may be outputs`,
  );
}
